import assert from 'node:assert/strict';
import test from 'node:test';
import { VoiceDelay } from '../../Streaming.Server/wwwroot/js/voice-delay.js';

const second = 1_000;

test('where nothing is lost nothing waits', () => {
  const delay = new VoiceDelay();
  for (let at = 0; at < 30; at++) assert.equal(delay.next(at * second, at < 10 ? 0 : 1, 0.4), 0);
});

test('two losses within twenty seconds let the sound wait for a round trip and a half', () => {
  const delay = new VoiceDelay();
  delay.next(0, 0, 0.4);
  assert.equal(delay.next(5 * second, 2, 0.4), 850);
  assert.equal(delay.next(6 * second, 3, 0.2), 850);    // not shorter while it loses
  assert.equal(delay.next(7 * second, 4, 0.6), 1_150);
  assert.equal(delay.next(8 * second, 5, 3), 1_500);
});

test('losses far apart are accidents', () => {
  const delay = new VoiceDelay();
  delay.next(0, 0, 0.4);
  assert.equal(delay.next(1 * second, 1, 0.4), 0);
  assert.equal(delay.next(25 * second, 2, 0.4), 0);
});

test('the sound comes sooner again after a minute of calm', () => {
  const delay = new VoiceDelay();
  delay.next(0, 0, 0.4);
  delay.next(second, 4, 0.4);
  let last = 0;
  for (let at = 2; at <= 60; at++) last = delay.next(at * second, 4, 0.4);
  assert.equal(last, 850);
  for (let at = 61; at <= 90; at++) last = delay.next(at * second, 4, 0.4);
  assert.equal(last, 0);
});

test('a new connection counts from its own beginning', () => {
  const delay = new VoiceDelay();
  delay.next(0, 50, 0.4);
  assert.equal(delay.next(second, 0, 0.4), 0);
  assert.equal(delay.next(2 * second, 2, 0.4), 850);
});
