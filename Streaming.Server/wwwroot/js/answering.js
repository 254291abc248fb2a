/**
 * A student's side of "are you there?". Pure: times are arguments, in ms.
 *
 * @typedef {'none' | 'asked' | 'sending' | 'thanked'} Asked sending: said by the student, not yet heard by the class
 */

/** How long the thanks stay; ms. */
const THANKS_LAST = 2_500;

export class Answering {
  /** @type {Asked} */
  state = 'none';
  /** Time to answer; the class's own count is the one that counts; ms. */
  left = 0;

  #asked = '';
  /** The check-in that was answered last. */
  #answered;
  #at = 0;

  /** @param {string} answered what a former page of this tab has answered: see {@link nameOf} */
  constructor(answered) {
    this.#answered = answered;
  }

  /**
   * @param {Wire.CheckIn | null} checkIn
   * @param {boolean} counts whether time counts: the connection stands, and the lesson does not stand still
   * @param {number} now ms since 1970
   */
  follow(checkIn, counts, now) {
    const passed = now - this.#at;
    this.#at = now;
    if (this.state === 'thanked') {
      this.left -= passed;
      if (this.left > 0) return;
      this.state = 'none';
    }
    if (!checkIn?.isOpen || nameOf(checkIn) === this.#answered) {
      this.state = 'none';
    } else if (nameOf(checkIn) !== this.#asked) {
      this.#asked = nameOf(checkIn);
      this.state = 'asked';
      this.left = leftOf(checkIn, now);
    } else if (counts) {
      this.left = Math.max(0, this.left - passed);
    }
  }

  answer() {
    if (this.state === 'asked') this.state = 'sending';
  }

  /**
   * The class has heard it, or will not.
   * @param {Wire.CheckIn} checkIn
   * @param {boolean} heard
   */
  settled(checkIn, heard) {
    this.#answered = nameOf(checkIn);
    this.state = heard ? 'thanked' : 'none';
    this.left = THANKS_LAST;
  }
}

/** A check-in in all its class's days. @param {Wire.CheckIn} checkIn */
export function nameOf({ id, askedAt }) {
  return `${id}@${askedAt}`;
}

/**
 * The time that is left of a check-in, in ms; all of it where the clocks of the two machines differ too much.
 * @param {Wire.CheckIn} checkIn
 * @param {number} now ms since 1970
 */
export function leftOf({ askedAt, seconds }, now) {
  const passed = now - Date.parse(askedAt);
  return seconds * 1000 - (passed > 0 && passed < seconds * 1000 ? passed : 0);
}
