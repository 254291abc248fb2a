import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../Streaming.Server/wwwroot/js/hub.js';

/** A SignalR whose servers answer when the test says so. */
function fakeLibrary() {
  const made = [];
  class Connection {
    stopped = false;
    calls = [];
    #closed = [];
    start() { return Promise.resolve(); }
    stop() { this.stopped = true; this.#closed.forEach(act => act()); return Promise.resolve(); }
    onclose(act) { this.#closed.push(act); }
    on() {}
    invoke(method) {
      return new Promise((resolve, reject) => this.calls.push({ method, resolve, reject }));
    }
  }
  class Builder {
    withUrl() { return this; }
    configureLogging() { return this; }
    build() { made.push(new Connection()); return made.at(-1); }
  }
  globalThis.window = { signalR: { HubConnectionBuilder: Builder, HttpTransportType: { WebSockets: 1 }, LogLevel: { None: 6 } } };
  globalThis.document = { querySelector: () => null };
  return made;
}

/** Lets everything that waits for nothing but its turn happen. */
const settle = () => new Promise(resolve => setTimeout(resolve, 5));

/** @param {Partial<Record<string, (value: unknown) => void>>} events */
function hubWith(events = {}) {
  const nothing = () => {};
  return new Hub({ ticket: 'a.b.c', device: 'd' }, {
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
