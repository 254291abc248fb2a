import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answering, leftOf, nameOf } from '../../Streaming.Server/wwwroot/js/answering.js';

const at = Date.parse('2026-01-05T08:20:00Z');
const asked = { id: 5, askedAt: '2026-01-05T08:20:00Z', seconds: 60, isOpen: true };
const closed = { ...asked, isOpen: false };

test('the question stands until it is answered, heard and thanked for', () => {
  const answering = new Answering('');
  answering.follow(null, true, at);
  assert.equal(answering.state, 'none');
  answering.follow(asked, true, at + 100);
  assert.equal(answering.state, 'asked');
  answering.answer();
  answering.follow(asked, true, at + 200);
  assert.equal(answering.state, 'sending');
  answering.settled(asked, true);
  answering.follow(asked, true, at + 300);
  assert.equal(answering.state, 'thanked');
  answering.follow(asked, true, at + 3_000);
  assert.equal(answering.state, 'none');
});

test('time runs only while there is a connection and the lesson moves', () => {
  const answering = new Answering('');
  answering.follow(asked, true, at);
  answering.follow(asked, true, at + 10_000);
  assert.equal(answering.left, 50_000);
  answering.follow(asked, false, at + 40_000);
  assert.equal(answering.left, 50_000);
  answering.follow(asked, true, at + 41_000);
  assert.equal(answering.left, 49_000);
  answering.follow(asked, true, at + 200_000);
  assert.deepEqual([answering.left, answering.state], [0, 'asked']);
});

test('the question goes when it is closed, and an answer that came too late is not thanked for', () => {
  for (const over of [null, closed]) {
    const answering = new Answering('');
    answering.follow(asked, true, at);
    answering.answer();
    answering.follow(over, true, at + 100);
    assert.equal(answering.state, 'none');
  }
  const answering = new Answering('');
  answering.follow(asked, true, at);
  answering.settled(asked, false);
  answering.follow(asked, true, at + 100);
  assert.equal(answering.state, 'none');
});

test('what was answered before a reload is not asked again, another question is', () => {
  const answering = new Answering(nameOf(asked));
  answering.follow(asked, true, at);
  assert.equal(answering.state, 'none');
  answering.follow({ ...asked, askedAt: '2026-01-06T08:20:00Z' }, true, at + 100);
  assert.equal(answering.state, 'asked');
});

test('a tap that was not asked for answers nothing', () => {
  const answering = new Answering('');
  answering.answer();
  assert.equal(answering.state, 'none');
});

test('whoever comes later has the rest of the time; where clocks differ, all of it', () => {
  assert.deepEqual([-2_000, 0, 20_000, 59_999, 61_000, 400_000].map(passed => leftOf(asked, at + passed)), [60_000, 60_000, 40_000, 1, 60_000, 60_000]);
});
