import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addSlot, encodingsOf, settle } from '../../Streaming.Server/wwwroot/js/encodings.js';

const HD = { width: 1280, height: 720 };
const ALL = Infinity;
const active = encodings => encodings.map(encoding => encoding.active);

/** A sender that takes what is set, as browsers do. */
function fakeSender(encodings, size = HD) {
  let parameters = { transactionId: 't', encodings };
  const set = [];
  return {
    set,
    track: { getSettings: () => size },
    getParameters: () => structuredClone(parameters),
    setParameters: async next => {
      set.push(next);
      parameters = next;
    },
  };
}

/** A connection that notes its slots, and throws at encodings that it does not understand. */
function fakeConnection(refuses = () => false) {
  const slots = [];
  return {
    slots,
    addTransceiver: (kind, init) => {
      if (init.sendEncodings.some(refuses)) throw new TypeError('no such mode');
      slots.push({ kind, ...init });
    },
  };
}

test('a camera of 720p is three layers, each twice as wide as the one before, the smallest first', () => {
  const layers = encodingsOf('camera', HD, ALL);
  assert.deepEqual(layers.map(layer => [layer.rid, layer.scaleResolutionDownBy, layer.active]), [['l', 4, true], ['m', 2, true], ['h', 1, true]]);
  const rates = layers.map(layer => layer.maxBitrate);
  assert.deepEqual(rates, [...rates].sort((a, b) => a - b));
  assert.deepEqual(encodingsOf('camera', {}, ALL), layers);  // before the camera is there
});

test('the largest layer of a small camera is the whole picture, and the layers that browsers leave out are off', () => {
  const scales = size => encodingsOf('camera', size, ALL).filter(layer => layer.active).map(layer => layer.scaleResolutionDownBy);
  assert.deepEqual(scales({ width: 960, height: 540 }), [4, 2, 1]);
  assert.deepEqual(scales({ width: 720, height: 1280 }), [4, 2, 1]);
  assert.deepEqual(scales({ width: 640, height: 480 }), [2, 1]);
  assert.deepEqual(scales({ width: 320, height: 240 }), [1]);
});

test('where the other end takes one stream it is the largest', () => {
  const [single, ...others] = encodingsOf('camera', HD, ALL, 1);
  assert.deepEqual([single.scaleResolutionDownBy, single.maxBitrate, others.length], [1, 1_500_000, 0]);
});

test('what is wanted goes up to a layer; nothing is a layer too few', () => {
  const wanted = top => active(encodingsOf('camera', HD, top));
  assert.deepEqual(wanted(-1), [false, false, false]);
  assert.deepEqual(wanted(0), [true, false, false]);
  assert.deepEqual(wanted(1), [true, true, false]);
  assert.deepEqual(wanted(2), [true, true, true]);
  for (const source of ['voice', 'screen']) {
    assert.deepEqual(active(encodingsOf(source, HD, -1)), [false]);
    assert.deepEqual(active(encodingsOf(source, HD, 0)), [true]);
  }
});

test('the camera asks for temporal layers, and goes without where a browser refuses them', () => {
  const knows = fakeConnection();
  addSlot(knows, 'camera', null, ALL);
  assert.deepEqual(knows.slots[0].sendEncodings.map(layer => layer.scalabilityMode), ['L1T3', 'L1T3', 'L1T3']);
  assert.equal(knows.slots[0].direction, 'sendonly');

  const refuses = fakeConnection(layer => layer.scalabilityMode);
  addSlot(refuses, 'camera', null, 1);
  assert.deepEqual(refuses.slots.length, 1);
  assert.deepEqual(active(refuses.slots[0].sendEncodings), [true, true, false]);
});

test('a slot is there before its track, of the right kind', () => {
  const connection = fakeConnection();
  for (const source of ['voice', 'camera', 'screen']) addSlot(connection, source, null, ALL);
  assert.deepEqual(connection.slots.map(slot => slot.kind), ['audio', 'video', 'video']);
  const track = { kind: 'video', getSettings: () => HD };
  addSlot(connection, 'screen', track, ALL);
  assert.equal(connection.slots[3].kind, track);
});

test('a sender is told what is wanted once', async () => {
  const sender = fakeSender(encodingsOf('camera', HD, ALL));
  await settle(sender, 'camera', 0);
  assert.deepEqual(active(sender.set[0].encodings), [true, false, false]);
  assert.deepEqual(sender.set[0].encodings.map(layer => layer.rid), ['l', 'm', 'h']);
  assert.deepEqual([sender.set[0].transactionId, sender.set[0].degradationPreference], ['t', 'maintain-framerate']);
  await settle(sender, 'camera', 0);
  assert.equal(sender.set.length, 1);
  await settle(sender, 'camera', -1);
  assert.deepEqual(active(sender.set[1].encodings), [false, false, false]);
});

test('another camera has layers of its own, and what the browser says of a layer beside ours stays', async () => {
  const sender = fakeSender(encodingsOf('camera', HD, ALL).map(layer => ({ ...layer, scalabilityMode: 'L1T3' })), { width: 640, height: 480 });
  await settle(sender, 'camera', ALL);
  assert.deepEqual(sender.set[0].encodings.map(layer => [layer.scaleResolutionDownBy, layer.active]), [[2, true], [1, true], [1, false]]);
  assert.deepEqual(sender.set[0].encodings.map(layer => layer.scalabilityMode), ['L1T3', 'L1T3', 'L1T3']);
});

test('a camera whose other end takes one stream is sent whole, without a name', async () => {
  const sender = fakeSender([{ active: true, maxBitrate: 100_000, scaleResolutionDownBy: 4 }]);
  await settle(sender, 'camera', ALL);
  assert.deepEqual(sender.set[0].encodings, [{ active: true, maxBitrate: 1_500_000, scaleResolutionDownBy: 1, maxFramerate: 30 }]);
});

test('a screen keeps its pixels, and a voice that is as it should be is left alone', async () => {
  const screen = fakeSender(encodingsOf('screen', HD, ALL));
  await settle(screen, 'screen', ALL);
  assert.equal(screen.set[0].degradationPreference, 'maintain-resolution');
  const voice = fakeSender(encodingsOf('voice', {}, ALL));
  await settle(voice, 'voice', ALL);
  assert.equal(voice.set.length, 0);
});

test('a sender that takes nothing any more is no trouble', async () => {
  const sender = { track: null, getParameters: () => ({ encodings: [{ active: true }] }), setParameters: async () => { throw new Error('stopped'); } };
  await settle(sender, 'voice', -1);
});
