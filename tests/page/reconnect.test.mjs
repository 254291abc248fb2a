import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askAgain } from '../../Streaming.Server/wwwroot/js/reconnect.js';

/** What is done about a failure, by a tab that remembers or may not. */
function about(failure, memory) {
  const done = [];
  const { setTimeout } = globalThis;
  globalThis.window = { streamingLoading: { reload: () => done.push('reload') } };
  globalThis.setTimeout = (act, ms) => (done.push(ms), act());
  try {
    askAgain(failure, { memory }, () => done.push('again'));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  return done;
}

function tab() {
  const kept = new Map();
  return act => act({ getItem: name => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) });
}

test('what did not come is asked for again', () => {
  assert.deepEqual(about(new TypeError('Failed to fetch'), tab()), [5_000, 'again']);
});

test('what does not fit the rest of the page loads it anew, once for each state of the server', () => {
  const memory = tab();
  const unfit = new SyntaxError('does not provide an export');
  assert.deepEqual(about(unfit, memory), ['reload']);
  assert.deepEqual(about(unfit, memory), [5_000, 'again'], 'a browser that does not know the syntax is not helped by that');
  memory(storage => storage.setItem('streaming.mixed', '/page/another/js/reconnect.js'));
  assert.deepEqual(about(unfit, memory), ['reload']);
});

test('a tab that may remember nothing is not loaded again and again', () => {
  assert.deepEqual(about(new SyntaxError(), () => null), [5_000, 'again']);
});
