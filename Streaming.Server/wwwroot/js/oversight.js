/** What teachers and inspectors are told beyond the class itself: how students stand to it, and how a check-in goes. */

import { withPresence, withProgress } from './presence.js';

/**
 * @typedef {object} Known
 * @property {import('./presence.js').Presence} presence
 * @property {import('./presence.js').Progress | null} progress
 */

export class Oversight {
  /** @type {Known} */
  #known = { presence: new Map(), progress: null };
  /** What came between a Join and its reply; null outside of it. @type {Known | null} */
  #next = null;

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {() => void} changed
   */
  constructor(hub, changed) {
    const become = (/** @type {(known: Known) => Known} */ apply) => {
      if (this.#next) this.#next = apply(this.#next);
      else this.#known = apply(this.#known);
      changed();
    };
    hub.listen('Presence', (/** @type {Wire.MemberPresence[]} */ news) =>
      become(known => ({ ...known, presence: withPresence(known.presence, news) })));
    hub.listen('CheckInProgress', (/** @type {Wire.CheckInProgress} */ news) =>
      become(known => ({ ...known, progress: withProgress(known.progress, news) })));
  }

  get presence() {
    return this.#known.presence;
  }

  get progress() {
    return this.#known.progress;
  }

  /** Join is on its way: all who are not present are named anew, perhaps before its reply. Until then what is known stands. */
  joining() {
    this.#next = { presence: new Map(), progress: this.#known.progress };
  }

  /** @param {boolean} sameServer another one, or another run of it, counts its check-ins anew */
  joined(sameServer) {
    const next = this.#next ?? { presence: new Map(), progress: null };
    this.#known = sameServer || next.progress !== this.#known.progress ? next : { ...next, progress: null };
    this.#next = null;
  }
}
