/** When to try again, for ever. */

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
