import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forbids, moveTo, noteViolation } from '../../Streaming.Server/wwwroot/js/elsewhere.js';
import { Nodes, addressIn, nodeAddress } from '../../Streaming.Server/wwwroot/js/nodes.js';

const [A, B, C] = ['https://a.example', 'https://b.example', 'https://c.example'];
const lost = { code: null, message: 'WebSocket failed to connect.' };
const elsewhere = address => ({ code: 'elsewhere', message: `HubException: elsewhere: ${address}` });

/** Seated at A, with B and C beside it. */
function seated(reach = {}) {
  const nodes = new Nodes(A, { forbids: () => false, moveTo: () => false, ...reach });
  nodes.arrived([B, C]);
  return nodes;
}

/** The addresses of the attempts, each of which fails. */
const tried = (nodes, times) => Array.from({ length: times }, () => {
  const { address } = nodes;
  nodes.after(lost, 100, 0);
  return address;
});

test('after two failures the next server is tried, and each again in turn', () => {
  assert.deepEqual(tried(seated(), 8), [A, A, B, B, C, C, A, B]);
});

test('a server alone is tried for ever, every other time by the long way', () => {
  const nodes = new Nodes(A, { forbids: () => false, moveTo: () => false });
  const ways = [];
  for (let i = 0; i < 5; i++) {
    ways.push(nodes.direct);
    nodes.after(lost, 100, 0);
    assert.equal(nodes.address, A);
  }
  assert.deepEqual(ways, [true, false, true, false, true]);
});

test('a server that hangs is not waited for twice', () => {
  const nodes = seated();
  nodes.after(lost, 9_000, 0);
  assert.equal(nodes.address, B);
});

test('a seat makes a server the first one, and all others good again', () => {
  const nodes = seated();
  tried(nodes, 2);
  nodes.arrived([A, C]);
  assert.equal(nodes.address, B);
  assert.deepEqual(tried(nodes, 6), [B, B, A, A, C, C]);
});

test('a server that has no time is left for another, and reached the same way as before', () => {
  const nodes = seated();
  const busy = { code: 'busy', message: 'HubException: busy: Wait.' };
  assert.equal(nodes.after(busy, 10, 0), 'wait');
  assert.deepEqual([nodes.address, nodes.direct], [A, true]);
  nodes.after(busy, 10, 0);
  assert.equal(nodes.address, B);
  nodes.after({ code: 'class_full', message: '' }, 10, 0);
  nodes.after({ code: 'class_full', message: '' }, 10, 0);
  assert.equal(nodes.address, B);
});

test('a server that leads on is believed at once', () => {
  const nodes = seated();
  assert.equal(nodes.after(elsewhere('https://d.example/live/'), 10, 0), 'at once');
  assert.equal(nodes.address, 'https://d.example/live');
  assert.equal(nodes.after({ code: 'elsewhere', message: 'HubException: elsewhere: soon' }, 10, 0), 'wait');
});

test('servers that lead in a circle are followed five times in ten seconds, then at the usual pace', () => {
  const nodes = seated();
  const steps = [];
  for (let i = 0; i < 7; i++) steps.push(nodes.after(elsewhere(i % 2 ? A : B), 10, i * 100));
  assert.deepEqual(steps, [...Array(5).fill('at once'), 'wait', 'wait']);
  assert.equal(nodes.after(elsewhere(B), 10, 10_700), 'at once');
});

test('a dead server that others still name is looked at once each time, not twice', () => {
  const nodes = seated();
  tried(nodes, 2);
  nodes.after(elsewhere(A), 10, 0);
  assert.deepEqual(tried(nodes, 2), [A, B]);
});

test('a page leaves for a server that its policy does not know only when a server has named it', () => {
  const left = [];
  const nodes = seated({ forbids: address => address === C, moveTo: address => left.push(address) > 0 });
  tried(nodes, 4);
  assert.equal(nodes.address, C);
  assert.equal(nodes.after(lost, 10, 0), 'wait');
  assert.deepEqual([nodes.address, ...left], [A]);
  nodes.after(elsewhere(C), 10, 0);
  assert.equal(nodes.after(lost, 10, 0), 'leave');
  assert.deepEqual(left, [C]);
});

test('a page that has just left does not leave again, and looks elsewhere', () => {
  const nodes = seated({ forbids: address => address === C });
  nodes.after(elsewhere(C), 10, 0);
  assert.equal(nodes.after(lost, 10, 0), 'wait');
  assert.equal(nodes.address, A);
});

test('what the policy has kept the page from is known by its host', () => {
  noteViolation({ effectiveDirective: 'img-src', blockedURI: 'https://x.example/a.png' });
  noteViolation({ effectiveDirective: 'connect-src', blockedURI: 'wss://y.example:8443/hubs/classroom?access_token=t' });
  noteViolation({ effectiveDirective: 'connect-src', blockedURI: 'inline' });
  assert.deepEqual(['https://x.example', 'https://y.example:8443/live', 'https://y.example'].map(forbids), [false, true, false]);
});

test('a page that moves takes its ticket and its name along, and does not move again at once', () => {
  const memory = new Map();
  const went = [];
  globalThis.sessionStorage = { getItem: name => memory.get(name) ?? null, setItem: (name, value) => memory.set(name, value) };
  globalThis.location = { pathname: '/class/math-7', replace: address => went.push(address) };
  const seat = { ticket: 'a.b.c', device: 'web-1', expires: null };
  assert.deepEqual([moveTo(B, seat), moveTo(C, seat)], [true, false]);
  assert.deepEqual(went, [`${B}/class/math-7#ticket=a.b.c&device=web-1`]);
});

test('an address is an origin and perhaps a path, and nothing else', () => {
  assert.equal(nodeAddress('http://b.example:8080/'), 'http://b.example:8080');
  for (const none of ['', 'b.example', 'javascript:alert(1)', 'wss://b.example']) assert.equal(nodeAddress(none), null, none);
  assert.equal(addressIn('An unexpected error occurred. HubException: elsewhere: https://b.example'), 'https://b.example');
  assert.equal(addressIn('HubException: busy: https://b.example'), null);
});
