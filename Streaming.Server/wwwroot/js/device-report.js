/** Tells the class what this device shows and plays: a screen that is off, a lesson that stands still, a sound that does not play. */

import { hubErrorOf } from './hub-errors.js';

/** What lasts shorter than this is not worth a word; ms. */
const SETTLES_AFTER = 1_000;

/** At most one report in this time; ms. */
const APART = 2_000;

/** A report that was refused is made again after this; ms. */
const AGAIN_AFTER = 10_000;

/** When to tell what. Pure: times are arguments, in ms. */
export class ReportPace {
  /** @type {Wire.DeviceReport} */
  #true = { hidden: false, stalled: false, silent: false };
  #changedAt = -Infinity;
  /** What the present connection was told last. @type {Wire.DeviceReport | null} */
  #told = null;
  #notBefore = -Infinity;

  /**
   * @param {Wire.DeviceReport} report what is true now
   * @param {number} now
   */
  look(report, now) {
    if (same(report, this.#true)) return;
    this.#true = report;
    this.#changedAt = now;
  }

  /** On a new connection all is told again. */
  joined() {
    this.#told = null;
    this.#notBefore = -Infinity;
  }

  /** @param {number} now */
  refused(now) {
    this.#told = null;
    this.#notBefore = now + AGAIN_AFTER;
  }

  /**
   * @param {number} now
   * @returns {number | null} how long to wait; null when there is nothing to tell
   */
  wait(now) {
    if (this.#told && same(this.#told, this.#true)) return null;
    return Math.max(0, this.#changedAt + SETTLES_AFTER - now, this.#notBefore - now);
  }

  /** @param {number} now */
  tell(now) {
    this.#told = this.#true;
    this.#notBefore = now + APART;
    return this.#true;
  }
}

export class DeviceReports {
  #hub;
  #look;
  #pace = new ReportPace();
  #timer = 0;

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {() => Wire.DeviceReport} look
   */
  constructor(hub, look) {
    this.#hub = hub;
    this.#look = look;
    document.addEventListener('visibilitychange', () => this.look());
  }

  /** Something may have changed. */
  look() {
    const now = performance.now();
    this.#pace.look(this.#look(), now);
    const wait = this.#pace.wait(now);
    clearTimeout(this.#timer);
    if (wait !== null && this.#hub.link === 'online') this.#timer = window.setTimeout(() => void this.#tell(), wait);
  }

  joined() {
    this.#pace.joined();
    this.look();
  }

  async #tell() {
    try {
      await this.#hub.invoke('Report', this.#pace.tell(performance.now()));
    } catch (failure) {
      // A call that is lost with its connection is made again by joined().
      if (hubErrorOf(failure).code) this.#pace.refused(performance.now());
    }
    this.look();
  }
}

/**
 * @param {Wire.DeviceReport} a
 * @param {Wire.DeviceReport} b
 */
function same(a, b) {
  return a.hidden === b.hidden && a.stalled === b.stalled && a.silent === b.silent;
}
