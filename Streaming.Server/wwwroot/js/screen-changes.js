/**
 * Tells when a shared screen is worth a new still, from small pictures of its brightness. Pure: times are arguments, in ms.
 * A cell is about 30 × 30 pixels of a screen. A pointer that moves darkens or brightens two cells a little; a line of writing, many.
 */

/** The small picture's size. */
export const SAMPLE = /** @type {const} */ ({ width: 64, height: 36 });

/** What a cell may differ by without having changed: noise of scaling, a blinking cursor. */
const DEAD_ZONE = 4;

/** So much beyond it, over all cells, is a change. */
const CHANGED = 60;

/** A change has settled when nothing has moved for so long. */
export const SETTLED = 700;

/** A screen that never settles, a film perhaps, is cut all the same, and no more often than this. */
export const RESTLESS = 5_000;

/** The least time from one still to the next. */
export const APART = 2_000;

/** Between two looks at a screen on which nothing moves, and while something does. */
const CALM_LOOK = 1_000;
const QUICK_LOOK = 350;

export class ScreenChanges {
  /** The screen as the last still shows it. @type {Uint8Array | null} */
  #cut = null;
  /** The last look. @type {Uint8Array | null} */
  #last = null;
  #movedAt = -Infinity;
  /** Since when the screen is not what the last still shows; null while it is. @type {number | null} */
  #staleSince = null;
  #cutAt = -Infinity;

  /** When to look again; ms from now. */
  get pause() {
    return this.#staleSince === null ? CALM_LOOK : QUICK_LOOK;
  }

  /**
   * @param {Uint8Array} sample the screen now
   * @param {number} now
   * @returns {boolean} whether this is the moment for a still
   */
  look(sample, now) {
    if (!this.#last || differ(sample, this.#last)) this.#movedAt = now;
    this.#last = sample;
    if (this.#cut && !differ(sample, this.#cut)) {
      this.#staleSince = null;
      return false;
    }
    this.#staleSince ??= now;
    if (now - this.#cutAt < APART) return false;
    return now - this.#movedAt >= SETTLED || now - Math.max(this.#staleSince, this.#cutAt) >= RESTLESS;
  }

  /**
   * A still was made of the screen as it was in a sample.
   * @param {Uint8Array} sample
   * @param {number} now
   */
  cut(sample, now) {
    this.#cut = sample;
    this.#cutAt = now;
    this.#staleSince = null;
  }

  /** The class has no still of this screen, or no longer. */
  forget() {
    this.#cut = null;
  }

  /** A still was refused, or did not get through: not again at once. @param {number} now */
  failed(now) {
    this.#cutAt = now;
  }
}

/**
 * The brightness of a picture's cells (ITU-R BT.601).
 * @param {Uint8ClampedArray} rgba
 */
export function lumaOf(rgba) {
  const luma = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = ((rgba[4 * i] ?? 0) * 77 + (rgba[4 * i + 1] ?? 0) * 150 + (rgba[4 * i + 2] ?? 0) * 29) >> 8;
  }
  return luma;
}

/**
 * Whether two small pictures show different things.
 * @param {Uint8Array} a
 * @param {Uint8Array} b
 */
export function differ(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Math.max(0, Math.abs((a[i] ?? 0) - (b[i] ?? 0)) - DEAD_ZONE);
  return sum >= CHANGED;
}
