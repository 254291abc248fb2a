import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CHAT_KEPT, addLine, applyChange, applyQuality, fromSnapshot, handPlace, hands, layoutOf, lessonFace, students, weakLinks,
} from '../../Streaming.Server/wwwroot/js/classroom-state.js';

const seat = (member, more = {}) => ({ member, name: member.toUpperCase(), role: 'student', ...more });
const teacher = { member: 'lin', name: 'Lin', role: 'teacher' };
const line = id => ({ id, member: 'a', name: 'A', role: 'student', text: `line ${id}`, at: '2026-01-05T08:00:00Z' });
const live = sources => ({ phase: 'live', startedAt: '2026-01-05T08:00:00Z', sources });
const snapshot = (more = {}) => ({
  version: 7, class: 'demo', lesson: { phase: 'waiting', sources: [] }, seats: [teacher, seat('a'), seat('b')], chat: [], ...more,
});

test('a change of the next version is applied', () => {
  const next = applyChange(fromSnapshot(snapshot()), { version: 8, seats: [seat('c')], lesson: live(['voice']) });
  assert.equal(next.version, 8);
  assert.deepEqual(next.seats.map(s => s.member), ['lin', 'a', 'b', 'c']);
  assert.equal(next.lesson.phase, 'live');
});

test('a change that is already known changes nothing', () => {
  const state = fromSnapshot(snapshot());
  assert.equal(applyChange(state, { version: 7, gone: ['a'] }), state);
});

test('a gap between versions asks for a snapshot', () => {
  assert.equal(applyChange(fromSnapshot(snapshot()), { version: 9, gone: ['a'] }), null);
});

test('a changed seat keeps its place', () => {
  const next = applyChange(fromSnapshot(snapshot()), { version: 8, seats: [seat('a', { name: 'Anna' })] });
  assert.deepEqual(next.seats.map(s => s.name), ['Lin', 'Anna', 'B']);
});

test('who is gone leaves the roster and the link qualities', () => {
  const state = applyQuality(fromSnapshot(snapshot()), [{ member: 'a', quality: 'lost' }]);
  const next = applyChange(state, { version: 8, gone: ['a'] });
  assert.deepEqual(students(next).map(s => s.member), ['b']);
  assert.equal(next.quality.size, 0);
});

test('a seat that leaves and returns in one change is there', () => {
  const next = applyChange(fromSnapshot(snapshot()), { version: 8, gone: ['a'], seats: [seat('a')] });
  assert.deepEqual(students(next).map(s => s.member), ['b', 'a']);
});

test('a still is there until the next one, or until the screen goes', () => {
  const still = hash => ({ hash, width: 1280, height: 720, bytes: 30_000 });
  let state = fromSnapshot(snapshot({ lesson: live(['voice', 'screen']), still: still('a') }));
  assert.equal(state.still.hash, 'a');
  state = applyChange(state, { version: 8, seats: [seat('c')] });
  state = applyChange(state, { version: 9, still: still('b') });
  assert.equal(state.still.hash, 'b');
  state = applyChange(state, { version: 10, lesson: live(['voice']) });
  assert.equal(state.still, null);
  assert.equal(applyChange(state, { version: 11, lesson: live(['screen']) }).still, null, 'another share begins without one');
});

const asked = (more = {}) => ({ id: 5, askedAt: '2026-01-05T08:20:00Z', seconds: 60, isOpen: true, ...more });

test('a check-in opens and closes, and what was open before a snapshot without it is closed', () => {
  const state = fromSnapshot(snapshot());
  assert.equal(state.checkIn, null);
  const open = applyChange(state, { version: 8, checkIn: asked() });
  assert.deepEqual(open.checkIn, asked());
  assert.deepEqual(applyChange(open, { version: 9, seats: [seat('c')] }).checkIn, asked());
  assert.deepEqual(applyChange(open, { version: 9, checkIn: asked({ isOpen: false }) }).checkIn, asked({ isOpen: false }));
  assert.deepEqual(fromSnapshot(snapshot({ version: 12 }), open).checkIn, asked({ isOpen: false }));
  assert.deepEqual(fromSnapshot(snapshot({ version: 12, checkIn: asked({ id: 6 }) }), open).checkIn, asked({ id: 6 }));
});

test('hands are in the order in which they went up', () => {
  const state = fromSnapshot(snapshot({
    seats: [teacher,
      seat('late', { handRaisedAt: '2026-01-05T08:10:00.5+00:00' }),
      seat('down'),
      seat('early', { handRaisedAt: '2026-01-05T08:10:00+00:00' }),
      seat('middle', { handRaisedAt: '2026-01-05T08:10:00.1234567+00:00' }),
      seat('justAfter', { handRaisedAt: '2026-01-05T08:10:00.1234568+00:00' })],
  }));
  assert.deepEqual(hands(state).map(s => s.member), ['early', 'middle', 'justAfter', 'late']);
  assert.equal(handPlace(state, 'middle'), 2);
  assert.equal(handPlace(state, 'down'), 0);
});

test('a chat line is added once, and a missing one is noticed', () => {
  const state = fromSnapshot(snapshot({ chat: [line(4)] }));
  assert.deepEqual(addLine(state, line(5)).chat.map(l => l.id), [4, 5]);
  assert.equal(addLine(state, line(4)), state);
  assert.equal(addLine(state, line(6)), null);
});

test('a snapshot keeps older lines and link qualities of the same server, and forgets those of another', () => {
  const former = applyQuality(fromSnapshot(snapshot({ chat: [line(1), line(2), line(3)] })),
    [{ member: 'a', quality: 'bad' }, { member: 'gone', quality: 'lost' }]);
  const later = snapshot({ version: 20, chat: [line(3), line(4)] });
  assert.deepEqual(fromSnapshot(later, former).chat.map(l => l.id), [1, 2, 3, 4]);
  assert.deepEqual([...fromSnapshot(later, former).quality], [['a', 'bad']]);
  assert.deepEqual(fromSnapshot(later, null).chat.map(l => l.id), [3, 4]);
});

test('the chat does not grow for ever', () => {
  let state = fromSnapshot(snapshot());
  for (let id = 1; id <= CHAT_KEPT + 10; id++) state = addLine(state, line(id));
  assert.equal(state.chat.length, CHAT_KEPT);
  assert.equal(state.chat.at(-1).id, CHAT_KEPT + 10);
});

test('weak links are counted, good news removes them', () => {
  let state = applyQuality(fromSnapshot(snapshot()), [{ member: 'a', quality: 'bad' }, { member: 'b', quality: 'lost' }]);
  assert.deepEqual(weakLinks(state), { bad: 1, lost: 1 });
  state = applyQuality(state, [{ member: 'a', quality: 'good' }, { member: 'b', quality: 'fair' }]);
  assert.deepEqual(weakLinks(state), { bad: 0, lost: 0 });
});

for (const [lesson, seats, expected] of [
  [{ phase: 'waiting', sources: [] }, [teacher], 'waiting'],
  [live(['voice']), [teacher], 'live'],
  [live([]), [teacher], 'silent'],
  [live([]), [seat('a')], 'away'],
  [{ phase: 'ended', sources: [] }, [teacher], 'ended'],
]) {
  test(`a lesson that is ${lesson.phase} with ${lesson.sources.length} sources and ${seats[0].role} here shows as ${expected}`, () => {
    assert.equal(lessonFace(fromSnapshot(snapshot({ lesson, seats }))), expected);
  });
}

test('the stage follows what is sent', () => {
  assert.equal(layoutOf(['voice', 'camera', 'screen']), 'both');
  assert.equal(layoutOf(['voice', 'screen']), 'screen');
  assert.equal(layoutOf(['camera']), 'camera');
  assert.equal(layoutOf(['voice']), 'voice');
  assert.equal(layoutOf([]), 'none');
});
