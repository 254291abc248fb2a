import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Classroom } from '../../Streaming.Server/wwwroot/js/classroom.js';
import { fakeLibrary, settle } from './fake-signalr.mjs';

const lesson = { phase: 'live', sources: ['voice'] };
const snapshot = version => ({ version, class: 'demo', lesson, seats: [], chat: [] });
const reply = { me: { member: 'm', role: 'student' }, server: 's', classroom: snapshot(1) };

/** A class whose seat is taken, and what its page has put off until later. */
async function joined() {
  const made = fakeLibrary();
  const later = [];
  window.setTimeout = act => later.push(act);
  const nothing = () => {};
  const classroom = new Classroom({ ticket: 'a.b.c', device: 'd', expires: null }, { joining: nothing, joined: nothing, changed: nothing, mediaClosed: nothing });
  classroom.enter();
  await settle();
  made[0].calls[0].resolve(reply);
  await settle();
  return { made, later, classroom };
}

test('a refused snapshot leaves the connection alone and is asked for again', async () => {
  const { made, later, classroom } = await joined();
  const asked = classroom.refresh();
  made[0].calls[1].reject(new Error('HubException: busy: Wait a little.'));
  assert.equal(await asked, true);
  assert.equal(made[0].stopped, false);

  later[0]();
  made[0].calls[2].resolve(snapshot(7));
  await settle();
  assert.equal(classroom.state.version, 7);
  classroom.hub.stop();
});

test('a snapshot that never comes is a connection to replace', async () => {
  const { made, classroom } = await joined();
  const asked = classroom.refresh();
  made[0].calls[1].reject(new Error('Invocation canceled due to the underlying connection being closed.'));
  assert.equal(await asked, false);
  await settle();
  assert.equal(made[0].stopped, true);
  classroom.hub.stop();
});

test('changes that waited for an earlier stay are forgotten at the next Join', async () => {
  const { made, classroom } = await joined();
  made[0].handlers.Changed({ version: 40, lesson: { phase: 'ended', sources: [] } });
  made[0].stop();
  await settle();
  classroom.hub.hurry();
  await settle();
  made[1].calls[0].resolve({ ...reply, classroom: snapshot(39) });
  await settle();
  assert.equal(classroom.state.version, 39);
  assert.equal(classroom.state.lesson.phase, 'live');
  classroom.hub.stop();
});

test('a change that overtook a snapshot with one missing between them leads to another', async () => {
  const { made, classroom } = await joined();
  const asked = classroom.refresh();
  made[0].handlers.Changed({ version: 9, lesson: { phase: 'ended', sources: [] } });
  made[0].calls[1].resolve(snapshot(7));
  await asked;
  await settle();
  assert.equal(classroom.state.version, 7);

  assert.equal(made[0].calls.length, 3);
  made[0].calls[2].resolve({ ...snapshot(9), lesson: { phase: 'ended', sources: [] } });
  await settle();
  assert.equal(classroom.state.version, 9);
  assert.equal(classroom.state.lesson.phase, 'ended');
  classroom.hub.stop();
});
