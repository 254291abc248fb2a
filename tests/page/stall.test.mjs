import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEAD_AFTER, DEAD_AFTER_ALIVE, STALLED_AFTER, STALLED_AFTER_SCREEN_ONLY, StallClock } from '../../Streaming.Server/wwwroot/js/stall.js';

const both = ['voice', 'camera'];

/** A clock whose connection was opened at 0 and has received until 10 000. */
function flowing(sources = both) {
  const clock = new StallClock();
  clock.reopened(0, true);
  for (let now = 500; now <= 10_000; now += 500) clock.sample(now, now / 10, sources);
  return clock;
}

test('packets that keep coming flow', () => {
  assert.equal(flowing().sample(10_500, 1_050, both), 'flowing');
});

test('two seconds of silence are said', () => {
  const clock = flowing();
  assert.equal(clock.sample(10_000 + STALLED_AFTER, 1_000, both), 'flowing');
  assert.equal(clock.sample(10_001 + STALLED_AFTER, 1_000, both), 'stalled');
});

test('the first packet after a silence ends it', () => {
  const clock = flowing();
  assert.equal(clock.sample(13_000, 1_000, both), 'stalled');
  assert.equal(clock.sample(13_500, 1_001, both), 'flowing');
});

test('a screen alone may be quiet for longer', () => {
  const clock = flowing(['screen']);
  assert.equal(clock.sample(10_000 + STALLED_AFTER_SCREEN_ONLY, 1_000, ['screen']), 'flowing');
  assert.equal(clock.sample(10_001 + STALLED_AFTER_SCREEN_ONLY, 1_000, ['screen']), 'stalled');
});

test('nothing is missed while nothing is sent, nor right after it begins', () => {
  const clock = flowing();
  assert.equal(clock.sample(100_000, 1_000, []), 'idle');
  assert.equal(clock.sample(100_500, 1_000, both), 'flowing');
});

test('a first connection opens before it stalls', () => {
  const clock = new StallClock();
  clock.reopened(0, true);
  assert.equal(clock.sample(1_000, 0, both), 'opening');
  assert.equal(clock.sample(4_500, 0, both), 'stalled');
});

test('after eight silent seconds the connection is dead', () => {
  const clock = flowing();
  assert.equal(clock.sample(10_000 + DEAD_AFTER, 1_000, both), 'stalled');
  assert.equal(clock.sample(10_001 + DEAD_AFTER, 1_000, both), 'dead');
});

test('each connection that stays silent is given twice the time of the one before, up to a bound', () => {
  const clock = flowing();
  let now = 10_000;
  const patience = [];
  for (let round = 0; round < 5; round++) {
    const from = now;
    while (clock.sample(now, round === 0 ? 1_000 : 0, both) !== 'dead') now += 100;
    patience.push(Math.round((now - from) / 1000));
    clock.reopened(now);
  }
  assert.deepEqual(patience, [8, 8, 16, 32, 32]);
});

test('a reopened connection stays stalled until it delivers', () => {
  const clock = flowing();
  assert.equal(clock.sample(19_000, 1_000, both), 'dead');
  clock.reopened(19_000);
  assert.equal(clock.sample(19_500, 0, both), 'stalled');
  assert.equal(clock.sample(20_000, 5, both), 'flowing');
});

test('a silent teacher is no reason to open anew for as long as the server answers', () => {
  const clock = flowing();
  assert.equal(clock.sample(10_001 + DEAD_AFTER, 1_000, both, true), 'stalled');
  assert.equal(clock.sample(10_000 + DEAD_AFTER_ALIVE, 1_000, both, true), 'stalled');
  assert.equal(clock.sample(10_001 + DEAD_AFTER_ALIVE, 1_000, both, true), 'dead');
});

test('a link that dies in the middle of a silence is judged at once', () => {
  const clock = flowing();
  assert.equal(clock.sample(30_000, 1_000, both, true), 'stalled');
  assert.equal(clock.sample(30_500, 1_000, both, false), 'dead');
});

test('a class does not open anew in the same second', () => {
  const clock = new StallClock(1);
  clock.reopened(0, true);
  clock.sample(500, 50, both);
  assert.equal(clock.sample(1_000 + DEAD_AFTER_ALIVE, 50, both, true), 'stalled');
  assert.equal(clock.sample(501 + 1.5 * DEAD_AFTER_ALIVE, 50, both, true), 'dead');
});
