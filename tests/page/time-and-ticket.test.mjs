import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsed, timeOfDay } from '../../Streaming.Server/wwwroot/js/format.js';
import { delayBefore } from '../../Streaming.Server/wwwroot/js/reconnect.js';
import { claimsOf, classOf, refusalFor, ticketIn } from '../../Streaming.Server/wwwroot/js/ticket.js';

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
  const nothing = { role: null, name: null, class: null, expires: null };
  assert.deepEqual(claimsOf(ticket({ role: 'teacher', name: '林老师', class: 'math-7', exp: 1_800_000_000 })),
    { role: 'teacher', name: '林老师', class: 'math-7', expires: 1_800_000_000_000 });
  assert.deepEqual(claimsOf(ticket({ role: 'Inspector' })), { ...nothing, role: 'inspector' });
  assert.deepEqual(claimsOf(ticket({ role: 'admin', exp: 'soon', class: 7 })), nothing);
  assert.deepEqual(claimsOf('garbage'), nothing);
});

test('a ticket that is not let in after its time is an expired one', () => {
  const claims = { role: null, name: null, class: null, expires: 1_000 };
  assert.equal(refusalFor('ticket_invalid', claims, 1_000), 'ticket_expired');
  assert.equal(refusalFor('ticket_invalid', claims, 999), 'ticket_invalid');
  assert.equal(refusalFor('ticket_invalid', { ...claims, expires: null }, 1_000), 'ticket_invalid');
  assert.equal(refusalFor('class_full', claims, 1_000), 'class_full');
  assert.equal(refusalFor(null, claims, 1_000), null);
});
