import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../Streaming.Server/wwwroot/js/hub.js';
import { fakeLibrary, settle } from './fake-signalr.mjs';

/** @param {Partial<Record<string, (value: unknown) => void>>} events */
function hubWith(events = {}) {
  const nothing = () => {};
  return new Hub({ ticket: 'a.b.c', device: 'd', expires: null }, {
    joining: nothing, joined: nothing, changed: nothing, said: nothing, quality: nothing, mediaClosed: nothing, link: nothing, refused: nothing, ...events,
  });
}

test('whoever leaves on a slow link and comes back has the seat again', async () => {
  const made = fakeLibrary();
  const joined = [];
  const hub = hubWith({ joined: reply => joined.push(reply) });
  hub.start();
  await settle();
  made[0].calls[0].resolve('first');
  await settle();
  assert.equal(hub.link, 'online');

  hub.leave();
  assert.equal(hub.link, 'stopped');
  assert.deepEqual(made[0].calls.map(call => call.method), ['Join', 'Leave']);
  assert.equal(made[0].stopped, false);

  hub.start();
  await settle();
  made[1].calls[0].resolve('second');
  await settle();
  assert.equal(hub.link, 'online');

  made[0].calls[1].resolve();
  await settle();
  assert.equal(made[0].stopped, true);
  assert.equal(made[1].stopped, false);
  assert.equal(hub.link, 'online');
  assert.deepEqual(joined, ['first', 'second']);
  hub.stop();
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
