// Speaks with the hub of JavaScriptInteropTests as the official client, over every way there is. Prints a line for all that went well.
// node interop.mjs http://127.0.0.1:12345/hub

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

// The packages that the pages' own build has installed.
const require = createRequire(new URL('../../../Streaming.Server/package.json', import.meta.url));
const signalR = require('@microsoft/signalr');
const { MessagePackHubProtocol } = require('@microsoft/signalr-protocol-msgpack');

const address = process.argv[2];
const kinds = new Set();

/** The official protocol, noting which kinds of messages went either way. */
class Noting extends MessagePackHubProtocol {
  parseMessages(input, logger) {
    const messages = super.parseMessages(input, logger);
    for (const { type } of messages) kinds.add(`in ${type}`);
    if (messages.some(({ type }) => type === signalR.MessageType.Ping)) this.pinged?.();
    return messages;
  }

  writeMessage(message) {
    kinds.add(`out ${message.type}`);
    return super.writeMessage(message);
  }
}

const { WebSockets, LongPolling } = signalR.HttpTransportType;
const ways = {
  webSockets: builder => builder.withUrl(address, { transport: WebSockets }),
  direct: builder => builder.withUrl(address, { transport: WebSockets, skipNegotiation: true }),
  stateful: builder => builder.withUrl(address, { transport: WebSockets }).withStatefulReconnect(),
  longPolling: builder => builder.withUrl(address, { transport: LongPolling }),
};

await Promise.all(Object.entries(ways).map(speak));

for (const kind of [1, 2, 3, 4, 5, 6, 8, 9]) assert.ok(kinds.has(`out ${kind}`), `never sent kind ${kind}: ${[...kinds]}`);
for (const kind of [1, 2, 3, 6, 7, 8, 9]) assert.ok(kinds.has(`in ${kind}`), `never heard kind ${kind}: ${[...kinds]}`);
console.log('every kind of message was seen');

async function speak([way, choose]) {
  const done = what => console.log(`${way}: ${what}`);
  const protocol = new Noting();
  const hub = connect(choose, protocol);
  const told = [];
  let allTold = () => {};
  hub.on('told', (number, change) => told.push([number, change]) === 20 && allTold());
  hub.on('question', question => question === 'no' ? Promise.reject(new Error('will not say')) : `${question}! 你好`);
  await hub.start();
  assert.equal(await hub.invoke('Add', 40, 2), 42);

  if (way === 'stateful') {
    // Here, and not after the streams: with them behind it, SignalR itself may lose a call over a cut, in either protocol.
    const back = new Promise(resolve => { protocol.pinged = resolve; });
    hub.connection.transport._webSocket.terminate();
    assert.equal(await hub.invoke('Add', 20, 3), 23);
    await back;
    done('comes back');
  }

  assert.equal(await hub.invoke('Add', -70_000, 100_000), 30_000);
  assert.equal(await hub.invoke('Largest'), Number.MAX_SAFE_INTEGER);
  assert.equal(await hub.invoke('Half', 3), 1.5);
  assert.equal(await hub.invoke('Text', '😀 "ok"\n'), '😀 "ok"\n');
  assert.equal(await hub.invoke('Text', null), null);
  assert.equal((await hub.invoke('Text', 'x'.repeat(30_000))).length, 30_000);
  assert.ok(await hub.invoke('Nothing') == null);
  assert.equal(await hub.invoke('Moment', new Date('2026-09-01T08:00:00.250Z')), '2026-09-01T08:00:00.25+00:00');
  const line = { id: 7, member: 's-1', name: 'Ada', role: 'student', text: 'hello', at: '2026-09-01T08:00:00.5+00:00' };
  assert.deepEqual(await hub.invoke('Line', line), line);
  done('calls');

  await assert.rejects(hub.invoke('Refuse'), /HubException: busy: wait a moment/);
  await assert.rejects(hub.invoke('Add', 'one', 2), /Failed to invoke 'Add'/);
  await assert.rejects(hub.invoke('Add', 1), /Failed to invoke 'Add'/);
  await assert.rejects(hub.invoke('NoSuchMethod'), /Method does not exist|Failed to invoke/);
  assert.equal(await hub.invoke('Add', 1, 1), 2);
  done('errors');

  const plain = connect(builder => builder.withUrl(address), new signalR.JsonHubProtocol());
  await plain.start();
  for (let seed = 1; seed <= 10; seed++) {
    const [bytes, text] = [await hub.invoke('Contracts', seed), await plain.invoke('Contracts', seed)];
    assert.deepStrictEqual(bytes, text);
    assert.equal(JSON.stringify(bytes), JSON.stringify(text));
  }
  await plain.stop();
  done('contracts');

  const turned = await hub.invoke('Turned', Uint8Array.of(0, 1, 254, 255));
  assert.ok(turned instanceof Uint8Array);
  assert.deepEqual([...turned], [255, 254, 1, 0]);
  done('bytes');

  const heard = new Promise(resolve => { allTold = resolve; });
  await hub.send('TellMe', 20);
  await heard;
  assert.deepEqual(told.sort(([a], [b]) => a - b), Array.from({ length: 20 }, (_, i) => [i + 1, { version: i + 1, gone: ['s'] }]));
  done('told');

  assert.deepEqual(await items(hub.stream('Count', 50)), Array.from({ length: 50 }, (_, i) => i + 1));
  const seen = [];
  await assert.rejects(items(hub.stream('CountAndFail', 3), seen), /counted out/);
  assert.deepEqual(seen, [1, 2, 3]);
  done('streams down');

  await new Promise((resolve, reject) => {
    const subscription = hub.stream('CountForEver').subscribe({
      next: number => { if (number === 3) { subscription.dispose(); resolve(); } },
      complete: () => reject(new Error('it has no end')),
      error: reject,
    });
  });
  await hub.invoke('WasCancelled');
  done('cancel');

  const up = new signalR.Subject();
  const sum = hub.invoke('Sum', up);
  for (let i = 1; i <= 10; i++) up.next(i);
  up.complete();
  assert.equal(await sum, 55);
  const both = new signalR.Subject();
  const doubled = items(hub.stream('Doubled', both));
  for (let i = 1; i <= 3; i++) both.next(i);
  both.complete();
  assert.deepEqual(await doubled, [2, 4, 6]);
  done('streams up');

  assert.equal(await hub.invoke('AskMe', 'well'), 'well! 你好');
  assert.match(await hub.invoke('AskMe', 'no'), /^refused: .*will not say/);
  done('client results');

  // A poll that ends is a sign of life itself.
  if (way !== 'longPolling') {
    await new Promise(resolve => { protocol.pinged = resolve; });
    done('pings');
  }

  const closed = new Promise(resolve => hub.onclose(resolve));
  await hub.connection.send(Uint8Array.of(1, 0xC1).buffer);
  assert.match(String(await closed), /closed with an error/);
  done('closed with a reason');
}

function connect(choose, protocol) {
  const hub = choose(new signalR.HubConnectionBuilder()).withHubProtocol(protocol).configureLogging(signalR.LogLevel.None).build();
  hub.keepAliveIntervalInMilliseconds = 50;
  return hub;
}

function items(stream, taken = []) {
  return new Promise((resolve, reject) => stream.subscribe({ next: item => taken.push(item), complete: () => resolve(taken), error: reject }));
}
