import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
// The page imports it when it is needed; here it is there before, so that no test waits for a disk.
import '../../Streaming.Server/wwwroot/js/elsewhere.js';
import { Hub } from '../../Streaming.Server/wwwroot/js/hub.js';
import { fakeLibrary, settle } from './fake-signalr.mjs';

const hubs = [];

/** @param {Partial<Record<string, (value: unknown) => void>>} events */
function hubWith(events = {}) {
  const nothing = () => {};
  const hub = new Hub({ ticket: 'a.b.c', device: 'd', expires: null }, {
    joining: nothing, joined: nothing, changed: nothing, said: nothing, quality: nothing, mediaClosed: nothing, link: nothing, refused: nothing,
    ...events,
  });
  hubs.push(hub);
  return hub;
}

afterEach(() => hubs.splice(0).forEach(hub => hub.stop()));

const [first, second] = [{ server: 'first' }, { server: 'second' }];

test('whoever leaves on a slow link and comes back has the seat again', async () => {
  const made = fakeLibrary();
  const joined = [];
  const hub = hubWith({ joined: reply => joined.push(reply) });
  hub.start();
  await settle();
  made[0].calls[0].resolve(first);
  await settle();
  assert.equal(hub.link, 'online');

  hub.leave();
  assert.equal(hub.link, 'stopped');
  assert.deepEqual(made[0].calls.map(call => call.method), ['Join', 'Leave']);
  assert.equal(made[0].stopped, false);

  hub.start();
  await settle();
  made[1].calls[0].resolve(second);
  await settle();
  assert.equal(hub.link, 'online');

  made[0].calls[1].resolve();
  await settle();
  assert.equal(made[0].stopped, true);
  assert.equal(made[1].stopped, false);
  assert.equal(hub.link, 'online');
  assert.deepEqual(joined, [first, second]);
});

test('leaving before the seat is taken ends the attempt', async () => {
  const made = fakeLibrary();
  const joined = [];
  const hub = hubWith({ joined: reply => joined.push(reply) });
  hub.start();
  await settle();
  hub.leave();
  made[0].calls[0].resolve('late');
  await settle();
  assert.equal(hub.link, 'stopped');
  assert.deepEqual(joined, []);
  assert.equal(made[0].stopped, true);
});

test('a seat that is elsewhere is taken there at once, and nobody is told of a refusal', async () => {
  const made = fakeLibrary();
  const [joined, refused] = [[], []];
  const hub = hubWith({ joined: reply => joined.push(reply), refused: code => refused.push(code) });
  hub.start();
  await settle();
  assert.deepEqual([made[0].url, made[0].options.skipNegotiation], ['https://a.example/hubs/classroom', true]);
  made[0].calls[0].reject(new Error('HubException: elsewhere: https://b.example'));
  await settle();
  assert.deepEqual([made[0].stopped, made[1].url, made[1].options.skipNegotiation], [true, 'https://b.example/hubs/classroom', true]);
  assert.equal(made[1].options.accessTokenFactory(), 'a.b.c');
  made[1].calls[0].resolve({ ...second, nodes: ['https://a.example'] });
  await settle();
  assert.deepEqual([hub.link, joined.length, refused.length], ['online', 1, 0]);
});

test('a class that moves in the middle of a call is followed; to the caller the call was lost', async () => {
  const made = fakeLibrary();
  const hub = hubWith();
  hub.start();
  await settle();
  made[0].calls[0].resolve(first);
  await settle();
  const call = hub.invoke('RaiseHand');
  made[0].calls[1].reject(new Error('HubException: elsewhere: https://b.example'));
  await assert.rejects(call, error => error.code === null);
  await settle();
  assert.deepEqual([made[0].stopped, made[1].url], [true, 'https://b.example/hubs/classroom']);
  made[1].calls[0].resolve(second);
});

test('when a server answers no more, the others are tried: first directly, then negotiated and without cookies', async () => {
  let gone = () => false;
  const made = fakeLibrary(url => gone(url) ? Promise.reject(new Error('WebSocket failed to connect.')) : Promise.resolve());
  const hub = hubWith();
  hub.start();
  await settle();
  made[0].calls[0].resolve({ ...first, nodes: ['https://b.example', 'https://c.example'] });
  await settle();
  gone = url => !url.startsWith('https://c.');
  made[0].stop();
  await settle();
  for (let i = 0; i < 6 && hub.link !== 'online'; i++) {
    hub.hurry();
    await settle();
    if (made.at(-1).calls[0]) made.at(-1).calls[0].resolve(second);
    await settle();
  }
  assert.deepEqual(made.map(({ url, options }) => [url, options.skipNegotiation ?? false]).slice(1), [
    ['https://a.example/hubs/classroom', true], ['https://a.example/hubs/classroom', false],
    ['https://b.example/hubs/classroom', true], ['https://b.example/hubs/classroom', false],
    ['https://c.example/hubs/classroom', true],
  ]);
  assert.ok(made.every(({ options }) => options.withCredentials === false));
  assert.equal(hub.link, 'online');
  assert.equal(hub.address, 'https://c.example');
});

test('the page speaks MessagePack when that part of the library has come, and asks for it once', async () => {
  const made = fakeLibrary();
  const hub = hubWith();
  hub.start();
  await settle();
  made[0].calls[0].resolve(first);
  await settle();
  hub.stop();
  hub.start();
  await settle();
  made[1].calls[0].resolve(second);
  assert.deepEqual(made.map(({ protocol }) => protocol), ['messagepack', 'messagepack']);
  assert.deepEqual(made.asked.map(path => path.split('/').at(-1)), ['signalr-protocol-msgpack.min.js']);
});

test('without that part the page goes on with JSON, and asks for it again when it comes back', async () => {
  const made = fakeLibrary(undefined, 'fails');
  const hub = hubWith();
  hub.start();
  await settle();
  made[0].calls[0].resolve(first);
  await settle();
  assert.deepEqual([hub.link, made[0].protocol], ['online', 'json']);
  hub.stop();
  hub.start();
  await settle();
  made[1].calls[0].resolve(second);
  assert.deepEqual([made[1].protocol, made.asked.length], ['json', 2]);
});

test('a part that hangs is not waited for long', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const made = fakeLibrary(undefined, 'hangs');
  const turn = async () => { for (let i = 0; i < 20; i++) await null; };
  hubWith().start();
  await turn();
  context.mock.timers.tick(1_499);
  await turn();
  assert.equal(made.length, 0);
  context.mock.timers.tick(1);
  await turn();
  context.mock.timers.tick(0);
  await turn();
  assert.deepEqual(made.map(({ protocol }) => protocol), ['json']);
});

test('where no WebSocket opens, the page speaks JSON, which server-sent events can carry', async () => {
  const made = fakeLibrary(() => Promise.reject(new Error('WebSocket failed to connect.')));
  const hub = hubWith();
  hub.start();
  for (let i = 0; i < 3; i++) {
    await settle();
    hub.hurry();
  }
  await settle();
  assert.ok(made.length >= 2);
  for (const { options, protocol } of made) assert.equal(protocol, options.skipNegotiation ? 'messagepack' : 'json');
});
