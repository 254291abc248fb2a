/** When to try again, for ever. */

/** Some of the page did not come; ms. */
const ASK_AGAIN_AFTER = 5_000;

const STEPS = [0, 500, 1000, 2000, 4000, 5000];

/**
 * How long to wait before an attempt, in ms.
 * @param {number} attempt from 0
 * @param {number} chance 0 to 1: spreads a whole class that lost its server in the same second by ±20 %
 */
export function delayBefore(attempt, chance) {
  const step = STEPS[Math.min(attempt, STEPS.length - 1)] ?? 0;
  return Math.round(step * (0.8 + 0.4 * chance));
}

const MIXED = 'streaming.mixed';

/**
 * Some of the page did not come, and is asked for again. What came of another state of the server, and does not fit, never will: then the page is loaded
 * anew, once for each state, for a browser may also not know the syntax.
 * @param {unknown} failure
 * @param {Page.Opening} opening
 * @param {() => void} again
 */
export function askAgain(failure, { memory }, again) {
  const state = import.meta.url;
  const isNew = failure instanceof SyntaxError && memory(storage => {
    const known = storage.getItem(MIXED);
    storage.setItem(MIXED, state);
    return known !== state;
  });
  if (isNew) window.streamingLoading?.reload();
  else setTimeout(again, ASK_AGAIN_AFTER);
}

/** A wait that can be ended early. */
export class Pause {
  end = () => {};

  /** @param {number} ms */
  wait(ms) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.end = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}
