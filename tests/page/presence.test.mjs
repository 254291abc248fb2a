import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Oversight } from '../../Streaming.Server/wwwroot/js/oversight.js';
import { Lasting, UNSTABLE_SHOWN_AFTER, awayFrom, tally, withPresence, withProgress } from '../../Streaming.Server/wwwroot/js/presence.js';

const one = (member, state, since = '2026-01-05T08:15:00Z') => ({ member, name: member.toUpperCase(), state, since });
const answer = (member, state) => ({ member, state });
const asked = { id: 5, askedAt: '2026-01-05T08:20:00Z', seconds: 60, isOpen: true };

test('who is not simply present is known; whoever is present again is forgotten', () => {
  const presence = withPresence(new Map(), [one('a', 'unstable'), one('x', 'away'), one('y', 'left')]);
  assert.deepEqual([...presence].map(([member, { state }]) => [member, state]), [['a', 'unstable'], ['x', 'away'], ['y', 'left']]);
  assert.deepEqual([...withPresence(presence, [one('a', 'present')]).keys()], ['x', 'y']);
});

test('away is who dropped and did not come back, the first to go first; not who left, nor who has a seat again', () => {
  const presence = withPresence(new Map(), [
    one('late', 'away', '2026-01-05T08:16:00Z'), one('early', 'away', '2026-01-05T08:14:00Z'),
    one('left', 'left'), one('wobbly', 'unstable'), one('back', 'away'),
  ]);
  assert.deepEqual(awayFrom(presence, [{ member: 'back' }, { member: 'wobbly' }]).map(({ member }) => member), ['early', 'late']);
});

test('a lost connection is worth a mark when it has lasted three seconds, each drop anew', () => {
  const lasting = new Lasting();
  const drop = since => withPresence(new Map(), [one('a', 'unstable', since), one('x', 'away')]);
  assert.deepEqual([...lasting.of(drop('08:15'), 0)], []);
  assert.deepEqual([...lasting.of(drop('08:15'), UNSTABLE_SHOWN_AFTER - 1)], []);
  assert.deepEqual([...lasting.of(drop('08:15'), UNSTABLE_SHOWN_AFTER)], ['a']);
  assert.deepEqual([...lasting.of(drop('08:16'), UNSTABLE_SHOWN_AFTER + 1)], []);
  assert.deepEqual([...lasting.of(new Map(), 9_000)], []);
  assert.deepEqual([...lasting.of(drop('08:16'), 9_500)], []);
});

test('answers are gathered by check-in, the last word of each student counts', () => {
  let progress = withProgress(null, { id: 5, answers: [answer('a', 'waiting'), answer('b', 'waiting'), answer('c', 'waiting')] });
  progress = withProgress(progress, { id: 5, answers: [answer('b', 'answered'), answer('c', 'unreached')] });
  assert.deepEqual(tally(progress, asked), { waiting: ['a'], answered: ['b'], missed: [], unreached: ['c'], asked: 3 });
  assert.equal(tally(progress, { ...asked, id: 6 }).asked, 0);
  assert.deepEqual([...withProgress(progress, { id: 6, answers: [answer('b', 'waiting')] }).answers], [['b', 'waiting']]);
});

/** What a page is told, and by which hub. */
function told() {
  const handlers = {};
  const oversight = new Oversight({ listen: (name, handler) => { handlers[name] = handler; } }, () => {});
  return { oversight, handlers, known: () => [...oversight.presence.keys()] };
}

test('after a Join who is away is named anew, perhaps before its reply; until then what was known stands', () => {
  const { oversight, handlers, known } = told();
  oversight.joining();
  oversight.joined(true);
  handlers.Presence([one('a', 'away'), one('b', 'away')]);
  oversight.joining();
  handlers.Presence([one('b', 'away'), one('c', 'away')]);
  assert.deepEqual(known(), ['a', 'b']);
  oversight.joined(true);
  assert.deepEqual(known(), ['b', 'c']);
  handlers.Presence([one('c', 'present')]);
  assert.deepEqual(known(), ['b']);
});

test('a check-in’s progress outlives a Join, and not another server', () => {
  const { oversight, handlers } = told();
  handlers.CheckInProgress({ id: 5, answers: [answer('a', 'answered')] });
  oversight.joining();
  oversight.joined(true);
  assert.equal(oversight.progress.answers.get('a'), 'answered');
  oversight.joining();
  oversight.joined(false);
  assert.equal(oversight.progress, null);
  oversight.joining();
  handlers.CheckInProgress({ id: 5, answers: [answer('b', 'waiting')] });
  oversight.joined(false);
  assert.deepEqual([...oversight.progress.answers.keys()], ['b']);
});
