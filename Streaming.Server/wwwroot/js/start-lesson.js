/** Starting the lesson, or continuing it: at the first bell a class may have too much to do to answer at once. */

import { hubErrorOf } from './hub-errors.js';

const PASSING = new Set(['busy', 'server_error']);

/** Pauses between the tries; the last one is the longest; ms. */
const PAUSES = [500, 1_000, 2_000, 4_000];

/**
 * Says that the lesson is on, again while the class is only busy.
 * @param {Pick<import('./hub.js').Hub, 'invoke'>} hub
 * @param {() => boolean} wanted whether the teacher still wants it
 * @param {(ms: number) => Promise<unknown>} [pause]
 * @returns {Promise<string | null>} the code of the refusal; null also when the call was lost with its connection
 */
export async function startLesson(hub, wanted, pause = ms => new Promise(resolve => setTimeout(resolve, ms))) {
  for (const ms of [...PAUSES, null]) {
    try {
      await hub.invoke('StartLesson');
      return null;
    } catch (failure) {
      const { code } = hubErrorOf(failure);
      if (!PASSING.has(code ?? '') || ms === null || !wanted()) return code;
      await pause(ms);
    }
  }
  return null;
}
