import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startLesson } from '../../Streaming.Server/wwwroot/js/start-lesson.js';

/** A hub that answers each call with the next of these: a code refuses, null agrees. */
function hub(...codes) {
  const calls = [];
  return {
    calls,
    invoke: async method => {
      calls.push(method);
      const code = codes.length > 1 ? codes.shift() : codes[0];
      if (code !== null) throw new Error(`HubException: ${code}: a sentence`);
    },
  };
}

const run = async (of, wanted = () => true) => {
  const pauses = [];
  const code = await startLesson(of, wanted, async ms => { pauses.push(ms); });
  return { code, pauses };
};

test('a class that is busy at the bell is asked again until it starts', async () => {
  const busy = hub('busy', 'server_error', null);
  assert.deepEqual(await run(busy), { code: null, pauses: [500, 1_000] });
  assert.equal(busy.calls.length, 3);
});

test('a class that stays busy is not asked for ever', async () => {
  assert.deepEqual(await run(hub('busy')), { code: 'busy', pauses: [500, 1_000, 2_000, 4_000] });
});

test('a refusal is final, and so is a call that was lost with its connection', async () => {
  assert.deepEqual(await run(hub('teacher_only')), { code: 'teacher_only', pauses: [] });
  assert.deepEqual(await run({ invoke: async () => { throw new Error('Invocation canceled'); } }), { code: null, pauses: [] });
});

test('a teacher who has thought better of it is not put on air', async () => {
  assert.deepEqual(await run(hub('busy', null), () => false), { code: 'busy', pauses: [] });
});
