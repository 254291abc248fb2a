import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsed, timeOfDay } from '../../Streaming.Server/wwwroot/js/format.js';
import { delayBefore } from '../../Streaming.Server/wwwroot/js/reconnect.js';
import { claimsOf, classOf, ticketIn } from '../../Streaming.Server/wwwroot/js/ticket.js';

for (const [ms, text] of [[0, '0:00'], [-5_000, '0:00'], [999, '0:00'], [61_000, '1:01'], [3_599_999, '59:59'], [3_600_000, '1:00:00'], [37_215_000, '10:20:15']]) {
  test(`${ms} ms read as ${text}`, () => assert.equal(elapsed(ms), text));
}

test('a time of day has two digits each, and nonsense has none', () => {
  assert.match(timeOfDay('2026-01-05T08:03:00Z'), /^\d\d:\d\d$/);
  assert.equal(timeOfDay('yesterday'), '');
});

test('the first try is at once, later ones within 20 % of their step, for ever', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 1_000].map(attempt => delayBefore(attempt, .5)), [0, 500, 1000, 2000, 4000, 5000, 5000, 5000]);
  assert.equal(delayBefore(5, 0), 4000);
  assert.equal(delayBefore(5, 1), 6000);
});

test('the class is read from the path', () => {
  assert.equal(classOf('/class/demo'), 'demo');
  assert.equal(classOf('/class/7b.2026_a-1/'), '7b.2026_a-1');
  assert.equal(classOf('/class/-x'), null);
  assert.equal(classOf('/class/a/b'), null);
  assert.equal(classOf(`/class/${'x'.repeat(65)}`), null);
});

test('the ticket is read from the fragment', () => {
  assert.equal(ticketIn('#ticket=a.b.c'), 'a.b.c');
  assert.equal(ticketIn('#x=1&ticket=a.b.c'), 'a.b.c');
  assert.equal(ticketIn('#'), null);
  assert.equal(ticketIn('#ticket='), null);
});

test('claims are read early, and a ticket that is none claims nothing', () => {
  const ticket = claims => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
  assert.deepEqual(claimsOf(ticket({ role: 'teacher', name: '林老师' })), { role: 'teacher', name: '林老师' });
  assert.deepEqual(claimsOf(ticket({ role: 'Inspector' })), { role: 'inspector', name: null });
  assert.deepEqual(claimsOf(ticket({ role: 'admin' })), { role: null, name: null });
  assert.deepEqual(claimsOf('garbage'), { role: null, name: null });
});
