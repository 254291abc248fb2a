import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ENCODINGS, addSlot, settle, wanted } from '../../Streaming.Server/wwwroot/js/encodings.js';

/** A sender that takes what is set, as browsers do. */
function fakeSender(parameters) {
  const set = [];
  return {
    set,
    getParameters: () => structuredClone(parameters),
    setParameters: async next => {
      set.push(next);
      parameters = next;
    },
  };
}

/** A connection that notes its slots, and does not know what it is told not to know. */
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

test('the camera is three layers, each twice as wide as the one before, the smallest first', () => {
  assert.deepEqual(ENCODINGS.camera.map(layer => [layer.rid, layer.scaleResolutionDownBy]), [['l', 4], ['m', 2], ['h', 1]]);
  const rates = ENCODINGS.camera.map(layer => layer.maxBitrate);
  assert.deepEqual(rates, [...rates].sort((a, b) => a - b));
  assert.deepEqual([ENCODINGS.voice.length, ENCODINGS.screen.length], [1, 1]);
});

test('what is wanted goes up to a layer; nothing is a layer too few', () => {
  const layers = [{ rid: 'l' }, { rid: 'm', active: false }, { rid: 'h' }];
  const active = top => wanted(layers, top).map(layer => layer.active);
  assert.deepEqual(active(-1), [false, false, false]);
  assert.deepEqual(active(0), [true, false, false]);
  assert.deepEqual(active(1), [true, true, false]);
  assert.deepEqual(active(2), [true, true, true]);
  assert.deepEqual(active(Infinity), [true, true, true]);
  assert.deepEqual(wanted(layers, 1).map(layer => layer.rid), ['l', 'm', 'h']);
  assert.equal(layers[0].active, undefined);
});

test('the camera asks for temporal layers, and goes without where a browser refuses them', () => {
  const knows = fakeConnection();
  addSlot(knows, 'camera', null, Infinity);
  assert.deepEqual(knows.slots[0].sendEncodings.map(layer => layer.scalabilityMode), ['L1T3', 'L1T3', 'L1T3']);
  assert.equal(knows.slots[0].direction, 'sendonly');

  const refuses = fakeConnection(layer => layer.scalabilityMode);
  addSlot(refuses, 'camera', null, 1);
  assert.deepEqual(refuses.slots.length, 1);
  assert.deepEqual(refuses.slots[0].sendEncodings.map(layer => [layer.rid, layer.active]), [['l', true], ['m', true], ['h', false]]);
});

test('a slot is there before its track, of the right kind', () => {
  const connection = fakeConnection();
  for (const source of ['voice', 'camera', 'screen']) addSlot(connection, source, null, Infinity);
  assert.deepEqual(connection.slots.map(slot => slot.kind), ['audio', 'video', 'video']);
  const track = { kind: 'video' };
  addSlot(connection, 'screen', track, Infinity);
  assert.equal(connection.slots[3].kind, track);
});

test('a sender is told what is wanted once', async () => {
  const sender = fakeSender({ transactionId: 't', encodings: [{ rid: 'l', active: true }, { rid: 'm', active: true }, { rid: 'h', active: true }] });
  await settle(sender, 'camera', 0);
  assert.deepEqual(sender.set[0].encodings.map(layer => layer.active), [true, false, false]);
  assert.deepEqual([sender.set[0].transactionId, sender.set[0].degradationPreference], ['t', 'balanced']);
  await settle(sender, 'camera', 0);
  assert.equal(sender.set.length, 1);
  await settle(sender, 'camera', -1);
  assert.deepEqual(sender.set[1].encodings.map(layer => layer.active), [false, false, false]);
});

test('a screen keeps its pixels, and a voice that is wanted is left alone', async () => {
  const screen = fakeSender({ encodings: [{}] });
  await settle(screen, 'screen', Infinity);
  assert.equal(screen.set[0].degradationPreference, 'maintain-resolution');
  const voice = fakeSender({ encodings: [{ active: true }] });
  await settle(voice, 'voice', Infinity);
  assert.equal(voice.set.length, 0);
});

test('a sender that takes nothing any more is no trouble', async () => {
  const sender = { getParameters: () => ({ encodings: [{ active: true }] }), setParameters: async () => { throw new Error('stopped'); } };
  await settle(sender, 'voice', -1);
});
