import assert from 'node:assert/strict';
import { test } from 'node:test';
import { APART, RESTLESS, SAMPLE, SETTLED, ScreenChanges, differ, lumaOf } from '../../Streaming.Server/wwwroot/js/screen-changes.js';
import { WEIGHT, lightEnough, stillSteps } from '../../Streaming.Server/wwwroot/js/still-encoding.js';

const CELLS = SAMPLE.width * SAMPLE.height;

/** A screen of one brightness, with some cells of another. */
function screen(brightness = 250, cells = {}) {
  const luma = new Uint8Array(CELLS).fill(brightness);
  for (const [cell, value] of Object.entries(cells)) luma[cell] = value;
  return luma;
}

/** A screen whose first still was cut at 0. */
function cutScreen() {
  const changes = new ScreenChanges();
  changes.look(screen(), 0);
  assert.ok(changes.look(screen(), SETTLED));
  changes.cut(screen(), SETTLED);
  return changes;
}

test('the first still is made as soon as the screen stands', () => {
  const changes = new ScreenChanges();
  assert.equal(changes.look(screen(0), 0), false);
  assert.equal(changes.look(screen(200), 350), false, 'it is still opening');
  assert.equal(changes.look(screen(), 700), false);
  assert.equal(changes.look(screen(), 700 + SETTLED), true);
});

test('nothing is cut while nothing changes, and it is looked at calmly', () => {
  const changes = cutScreen();
  for (let now = 1_000; now < 600_000; now += 1_000) assert.equal(changes.look(screen(), now), false);
  assert.equal(changes.pause, 1_000);
});

test('a pointer that wanders and noise are no change; a word is', () => {
  const changes = cutScreen();
  for (let cell = 0; cell < CELLS; cell += 7) assert.equal(changes.look(screen(250, { [cell]: 235, [(cell + 1) % CELLS]: 244 }), 10_000 + cell), false);
  assert.equal(differ(screen(), screen(250).map((value, cell) => value - cell % 4)), false);
  assert.equal(differ(screen(), screen(250, { 40: 225, 41: 222, 42: 226 })), true);
});

test('a new slide is cut when it has settled, and not before', () => {
  const changes = cutScreen();
  assert.equal(changes.look(screen(90), 10_000), false);
  assert.ok(changes.pause < 500, 'from now on it is watched closely');
  assert.equal(changes.look(screen(60), 10_350), false);
  assert.equal(changes.look(screen(60), 10_700), false);
  assert.equal(changes.look(screen(60), 10_350 + SETTLED), true);
  changes.cut(screen(60), 11_100);
  assert.equal(changes.look(screen(60), 12_000), false);
});

test('two slides in quick succession are two seconds apart', () => {
  const changes = cutScreen();
  assert.equal(changes.look(screen(90), 800), false);
  assert.equal(changes.look(screen(90), 1_600), false, 'settled, but too soon');
  assert.equal(changes.look(screen(90), SETTLED + APART), true);
});

test('a film is cut now and then', () => {
  const changes = cutScreen();
  const cuts = [];
  for (let frame = 0; frame * 350 < 30_000; frame++) {
    const now = 10_000 + frame * 350;
    const sample = screen(frame * 37 % 211);
    if (!changes.look(sample, now)) continue;
    cuts.push(now);
    changes.cut(sample, now);
  }
  assert.ok(cuts.length >= 4 && cuts.length <= 30_000 / RESTLESS, String(cuts));
});

test('a way back to what the last still shows needs none', () => {
  const changes = cutScreen();
  assert.equal(changes.look(screen(90), 10_000), false);
  for (let now = 10_350; now < 20_000; now += 350) assert.equal(changes.look(screen(), now), false);
});

test('what did not get through is tried again, but not at once; and a class without a still gets one', () => {
  const changes = cutScreen();
  changes.look(screen(90), 10_000);
  assert.ok(changes.look(screen(90), 11_000));
  changes.failed(11_500);
  assert.equal(changes.look(screen(90), 12_000), false);
  assert.ok(changes.look(screen(90), 11_500 + APART));
  changes.cut(screen(90), 14_000);
  changes.forget();
  assert.ok(changes.look(screen(90), 20_000));
});

test('brightness is that of the eye', () => {
  assert.deepEqual([...lumaOf(Uint8ClampedArray.of(255, 255, 255, 255, 0, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255))], [255, 0, 149, 28]);
});

test('the steps go down in width and quality, keep the shape, and never enlarge', () => {
  for (const [width, height] of [[1920, 1080], [1280, 800], [1024, 768], [800, 600], [500, 300], [3840, 1080], [900, 5000]]) {
    const steps = stillSteps(width, height);
    assert.ok(steps.length >= 3);
    for (const [i, step] of steps.entries()) {
      assert.ok(step.width <= Math.min(width, 1280) && step.height <= Math.min(height, 2048), JSON.stringify(step));
      assert.ok(Math.abs(step.width / step.height - width / height) < 0.02 * width / height, JSON.stringify(step));
      if (i > 0) assert.ok(step.width < steps[i - 1].width || step.quality < steps[i - 1].quality);
    }
  }
  assert.deepEqual(stillSteps(1920, 1080)[0], { width: 1280, height: 720, quality: 0.8 });
});

test('the finest that is light enough is taken', async () => {
  const tried = [];
  const encode = weigh => step => {
    tried.push(step);
    return Promise.resolve({ size: weigh(step), step });
  };
  const steps = stillSteps(1920, 1080);
  assert.equal((await lightEnough(steps, encode(() => 12_000))).step, steps[0]);
  assert.equal(tried.length, 1);

  const found = await lightEnough(steps, encode(({ width, quality }) => width * 720 * quality / 10));
  assert.ok(found.size <= WEIGHT && found.step.width === 1280);

  tried.length = 0;
  const small = await lightEnough(steps, encode(({ width }) => width === 1280 ? 200_000 : 30_000));
  assert.equal(small.step.width, 960);
  assert.equal(tried.length, 2, 'far too heavy is not tried in every quality');

  assert.equal(await lightEnough(steps, encode(() => 100_000)), null);
  assert.ok(await lightEnough(steps, encode(({ width, quality }) => width === 640 && quality < 0.2 ? 45_000 : 90_000)), 'what the server still takes');
  assert.equal(await lightEnough(steps, () => Promise.resolve(null)), null);
});
