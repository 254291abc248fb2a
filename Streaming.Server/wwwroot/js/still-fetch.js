/** Fetches the newest still of the screen, one after the other, and shows it when all of it is there. */

/** A still that did not come is asked for again after this; ms. */
const AGAIN_AFTER = 3_000;

/** One that has not come by then does not: its way is broken, and nobody says so to who only waits; ms. */
const LONGEST = 90_000;

/** The ticket opens nothing any more: no other try would. */
const REFUSED = new Set([401, 403]);

/** @typedef {{ apart: number, pace: number | null }} StillPace */

export class StillFetch {
  #addressOf;
  #ticket;
  #image;
  #counted;
  #changed;
  /** @type {Wire.Still | null} */
  #wanted = null;
  /** @type {StillPace | null} */
  #pace = null;
  /** The one that shows. */
  #shown = '';
  #url = '';
  #notBefore = -Infinity;
  #timer = 0;
  /** @type {AbortController | null} */
  #fetching = null;
  #isRefused = false;

  /**
   * @param {HTMLImageElement} image
   * @param {string} ticket
   * @param {(hash: string) => string} addressOf
   * @param {(bytes: number) => void} counted
   * @param {() => void} changed whether a still shows has changed
   */
  constructor(image, ticket, addressOf, counted, changed) {
    this.#image = image;
    this.#ticket = ticket;
    this.#addressOf = addressOf;
    this.#counted = counted;
    this.#changed = changed;
  }

  /** Whether a still shows. */
  get isShown() {
    return this.#shown !== '';
  }

  /**
   * @param {Wire.Still | null} still the newest
   * @param {StillPace | null} pace null: none is wanted
   */
  follow(still, pace) {
    this.#wanted = still;
    this.#pace = pace;
    if (!pace || !still) {
      this.#fetching?.abort();
      clearTimeout(this.#timer);
      // A still of a screen that is not shared any more shows nothing that is.
      if (!still) this.#clear();
      return;
    }
    this.#next();
  }

  /** A moving picture shows again: a still that is older than it must not come back later. */
  clear() {
    this.#fetching?.abort();
    this.#clear();
  }

  #next() {
    clearTimeout(this.#timer);
    if (this.#fetching || this.#isRefused || !this.#pace || !this.#wanted || this.#wanted.hash === this.#shown) return;
    const wait = this.#notBefore - performance.now();
    if (wait > 0) this.#timer = window.setTimeout(() => this.#next(), wait);
    else void this.#fetch(this.#wanted, this.#pace);
  }

  /**
   * @param {Wire.Still} still
   * @param {StillPace} pace
   */
  async #fetch(still, pace) {
    const fetching = new AbortController();
    this.#fetching = fetching;
    const limit = setTimeout(() => fetching.abort(new Error('The still does not come.')), LONGEST);
    try {
      const reply = await fetch(this.#addressOf(still.hash) + (pace.pace ? `?pace=${pace.pace}` : ''), {
        headers: { Authorization: `Bearer ${this.#ticket}` },
        signal: fetching.signal,
      });
      this.#isRefused = REFUSED.has(reply.status);
      if (!reply.ok) throw new Error(`The still was answered ${reply.status}.`);
      const picture = await reply.blob();
      this.#counted(picture.size);
      await this.#show(picture, still, fetching.signal);
      if (!this.#isGivenUp(fetching)) this.#notBefore = performance.now() + pace.apart;
    } catch {
      // Too old, or the network's trouble: the newest of then is asked for.
      if (!this.#isGivenUp(fetching)) this.#notBefore = performance.now() + AGAIN_AFTER * (1 + Math.random());
    }
    clearTimeout(limit);
    if (this.#fetching === fetching) this.#fetching = null;
    this.#next();
  }

  /**
   * @param {Blob} picture
   * @param {Wire.Still} still
   * @param {AbortSignal} signal
   */
  async #show(picture, still, signal) {
    const url = URL.createObjectURL(picture);
    const ready = new Image();
    ready.src = url;
    await ready.decode();
    if (signal.aborted) return URL.revokeObjectURL(url);
    const former = this.#url;
    this.#url = this.#image.src = url;
    this.#image.width = still.width;
    this.#image.height = still.height;
    this.#shown = this.#image.dataset.hash = still.hash;
    if (former) URL.revokeObjectURL(former);
    this.#changed();
  }

  /** Whether the page itself has given this one up, so that the next need not wait. @param {AbortController} fetching */
  #isGivenUp(fetching) {
    return fetching.signal.aborted && fetching.signal.reason instanceof DOMException;
  }

  #clear() {
    if (!this.#shown) return;
    this.#shown = '';
    this.#image.removeAttribute('src');
    URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.#changed();
  }
}
