import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DataMeter, megabytes } from '../../Streaming.Server/wwwroot/js/data-meter.js';
import { RUNGS, awaited, firstHighest, isWeak, reasonOf, stillsOn } from '../../Streaming.Server/wwwroot/js/rung.js';
import en from '../../Streaming.Server/wwwroot/locales/en.js';
import zh from '../../Streaming.Server/wwwroot/locales/zh.js';

const all = ['voice', 'camera', 'screen'];

test('what does not come to a rung is not missed on it', () => {
  assert.deepEqual(RUNGS.map(rung => awaited(all, rung)), [[], ['voice'], ['voice'], all]);
  assert.deepEqual(awaited(['camera'], 'slides'), []);
});

test('every rung below the picture has a reason in both languages, and the picture has none', () => {
  for (const highest of RUNGS) for (const rung of RUNGS.slice(0, RUNGS.indexOf(highest) + 1)) for (const screen of [true, false]) {
    const reason = reasonOf(rung, highest, screen);
    if (rung === 'picture') assert.equal(reason, null);
    else assert.ok(en[reason] && zh[reason], `${rung} of ${highest}: ${reason}`);
  }
  assert.equal(en[reasonOf('slides', 'picture', true)], 'Your link is weak: slides and sound');
  assert.equal(zh[reasonOf('slides', 'picture', true)], '网络较弱：课件图片和声音');
});

test('whoever wants no more is not told that the link is weak', () => {
  assert.equal(reasonOf('slides', 'slides', true), 'rung.chosenSlides');
  assert.equal(reasonOf('sound', 'slides', false), 'rung.chosenSound', 'without a screen slides are sound');
  assert.equal(reasonOf('sound', 'slides', true), 'rung.weakStills');
  assert.equal(reasonOf('text', 'text', true), 'rung.chosenText');
  assert.equal(isWeak('sound', 'sound', true), false);
});

test('on a weak link a still leaves room for the voice, and on a good one it does not wait', () => {
  assert.deepEqual(stillsOn('slides', 'slides', true), { apart: 0, pace: null });
  assert.deepEqual(stillsOn('slides', 'picture', true), { apart: 0, pace: 20 });
  assert.equal(stillsOn('sound', 'sound', true), null, 'sound only is sound only');
  assert.ok(stillsOn('sound', 'picture', true).pace < 30);
  for (const rung of RUNGS) assert.equal(stillsOn(rung, 'picture', false), null);
  assert.equal(stillsOn('picture', 'picture', true), null);
});

test('a page begins with what was chosen, else with what the browser is told to spare', () => {
  assert.equal(firstHighest(null, false), 'picture');
  assert.equal(firstHighest(null, true), 'slides');
  assert.equal(firstHighest('picture', true), 'picture');
  assert.equal(firstHighest('text', false), 'text');
  assert.equal(firstHighest('everything', false), 'picture');
});

test('the meter goes on over connections, stills and reloads, and never back', () => {
  const meter = new DataMeter(1_000);
  const [first, second] = [{}, {}];
  meter.count(first, 500);
  meter.count(first, 700);
  meter.count(first, 600);
  assert.equal(meter.bytes, 1_700);
  meter.count(second, 10);
  meter.add(90);
  assert.equal(meter.bytes, 1_800);
  assert.deepEqual([0, 949_000, 9_940_000, 9_960_000, 123_400_000].map(megabytes), ['0.0', '0.9', '9.9', '10', '123']);
});
