import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONTINUES_WITHIN, continues } from '../../Streaming.Server/wwwroot/js/teaching-memory.js';

const at = Date.UTC(2026, 0, 5, 8);
const memory = { teaching: true, on: ['voice'], at };

test('a lesson goes on by itself after a reload', () => {
  assert.equal(continues(memory, at + 5_000), true);
  assert.equal(continues(memory, at + CONTINUES_WITHIN - 1), true);
});

test('a tab that comes back later waits for its teacher', () => {
  assert.equal(continues(memory, at + CONTINUES_WITHIN), false);
  assert.equal(continues(memory, at - CONTINUES_WITHIN), false);
});

test('no lesson, no memory or no time: nothing goes on', () => {
  assert.equal(continues({ ...memory, teaching: false }, at), false);
  assert.equal(continues(null, at), false);
  assert.equal(continues({ teaching: true, on: [] }, at), false);
});
