import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elapsed, timeOfDay } from '../../Streaming.Server/wwwroot/js/format.js';
import { refusalFor } from '../../Streaming.Server/wwwroot/js/hub-errors.js';
import { delayBefore } from '../../Streaming.Server/wwwroot/js/reconnect.js';

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

test('a ticket that is not let in after its time is an expired one', () => {
  assert.equal(refusalFor('ticket_invalid', 1_000, 1_000), 'ticket_expired');
  assert.equal(refusalFor('ticket_invalid', 1_000, 999), 'ticket_invalid');
  assert.equal(refusalFor('ticket_invalid', null, 1_000), 'ticket_invalid');
  assert.equal(refusalFor('class_full', 1_000, 1_000), 'class_full');
  assert.equal(refusalFor(null, 1_000, 1_000), null);
});
