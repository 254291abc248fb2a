import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

let now = 0;
let sample = async () => {};
globalThis.performance = /** @type {any} */ ({ now: () => now });
globalThis.window = /** @type {any} */ ({ setInterval: act => { sample = act; return 1; } });
const { Watch } = await import('../../Streaming.Server/wwwroot/js/watch.js');
const soon = () => new Promise(resolve => setImmediate(resolve));
const live = { phase: 'live', sources: ['voice', 'camera'] };
const relay = { urls: ['turn:relay.example:3478'], username: '1:a', credential: 'c' };

/** A connection whose counts and states a test sets. */
class Connection {
  connectionState = 'new';
  iceConnectionState = 'checking';
  packets = 0;
  checks = 0;
  closed = false;
  getTransceivers() { return []; }
  close() { this.closed = true; }
  async setRemoteDescription() {}
  async getStats() {
    return new Map([
      ['a', { type: 'inbound-rtp', packetsReceived: this.packets }],
      ['b', { type: 'candidate-pair', responsesReceived: this.checks }],
    ]);
  }
  connected() {
    this.connectionState = this.iceConnectionState = 'connected';
  }
}

/** A watcher of a live lesson, with its seat taken. */
async function watching({ iceServers = [], hubAnswers = true, first = null, memory = () => null } = {}) {
  const made = [];
  let session = 0;
  const hub = { link: 'online', iceServers: [], invoke: async () => ({ sdp: 'answer', session: `s${++session}` }) };
  const opening = {
    takeFirstWatch: () => first,
    memory,
    connect: servers => {
      const pc = new Connection();
      made.push({ pc, servers });
      return { pc, offer: Promise.resolve('offer') };
    },
  };
  const asked = [];
  const watch = new Watch(/** @type {any} */ (hub), /** @type {any} */ (opening), {
    tracks: () => {}, flow: () => {}, impossible: () => {},
    suspicious: async () => {
      asked.push(now);
      return hubAnswers;
    },
  });
  watch.begin();
  watch.follow(/** @type {any} */ (live));
  await soon();
  hub.iceServers = iceServers;
  return { watch, hub, made, asked };
}

/** Lets time pass, half a second at a time. */
async function pass(ms, each = () => {}) {
  for (const end = now + ms; now < end;) {
    now += 500;
    each();
    await sample();
    await soon();
  }
}

beforeEach(() => { now = 1_000; });

test('whom neither UDP nor TCP brings through gets a connection that knows the relay', async () => {
  const { made } = await watching({ iceServers: [relay] });
  assert.deepEqual(made[0].servers, [], 'the hub had not told of it');
  await pass(2_000);
  assert.equal(made.length, 1);
  await pass(500);
  assert.deepEqual([made.length, made[0].pc.closed, made[1].servers], [2, true, [relay]]);

  await pass(4_000);
  assert.equal(made.length, 2, 'it has its time');
});

test('without a relay, or with a way, nothing is opened anew', async () => {
  const without = await watching();
  await pass(4_000);
  assert.equal(without.made.length, 1);

  const reached = await watching({ iceServers: [relay] });
  reached.made[0].pc.connected();
  await pass(6_000, () => { reached.made[0].pc.packets += 20; });
  assert.equal(reached.made.length, 1);
});

test('when the hub answers and media’s own way is cut, another connection is opened soon', async () => {
  const { made, asked } = await watching();
  const [{ pc }] = made;
  pc.connected();
  await pass(5_000, () => { pc.packets += 20; pc.checks++; });
  await pass(3_500);
  assert.equal(made.length, 1);
  await pass(1_000);
  assert.equal(made.length, 2);
  assert.ok(asked[0] < now, 'asked before it was believed');
});

test('when the hub does not answer either, it is not only media’s way', async () => {
  const { made } = await watching({ hubAnswers: false });
  const [{ pc }] = made;
  pc.connected();
  await pass(5_000, () => { pc.packets += 20; pc.checks++; });
  await pass(7_500);
  assert.equal(made.length, 1);
});

test('a teacher who is silent is no lost way', async () => {
  const { made } = await watching();
  const [{ pc }] = made;
  pc.connected();
  await pass(5_000, () => { pc.packets += 20; pc.checks++; });
  await pass(20_000, () => { pc.checks++; });
  assert.equal(made.length, 1);
});

test('after a change of networks a silent way is left at once, and one that goes on is kept', async () => {
  const kept = await watching();
  kept.made[0].pc.connected();
  const flow = () => { kept.made[0].pc.packets += 20; };
  await pass(2_000, flow);
  kept.watch.moved();
  await pass(5_000, flow);
  assert.equal(kept.made.length, 1);

  const left = await watching();
  left.made[0].pc.connected();
  await pass(2_000, () => { left.made[0].pc.packets += 20; });
  left.watch.moved();
  await pass(1_500);
  assert.equal(left.made.length, 1);
  await pass(500);
  assert.equal(left.made.length, 2);
});

test('who comes back to the same server looks whether media came along', async () => {
  const { watch, made } = await watching();
  made[0].pc.connected();
  await pass(2_000, () => { made[0].pc.packets += 20; });
  watch.joined(true);
  await pass(2_000);
  assert.equal(made.length, 2);
});

test('a page whose own connection fails has the tab remember it, and no other does', async () => {
  for (const [fails, remembered] of [[true, ['streaming.failed']], [false, []]]) {
    const kept = [];
    const first = { pc: new Connection(), offer: Promise.resolve('offer'), session: Promise.resolve('s0') };
    const { watch, made } = await watching({ first, memory: act => act({ setItem: name => kept.push(name) }) });
    first.pc.connectionState = fails ? 'failed' : 'connected';
    await watch.open();
    assert.deepEqual(kept, remembered);
    made[0].pc.connectionState = 'failed';
    await watch.open();
    assert.deepEqual(kept, remembered);
  }
});
