/**
 * Tells from packet counts whether a watched lesson still arrives. Pure: the time is an argument, in ms.
 *
 * @typedef {'idle' | 'opening' | 'flowing' | 'stalled' | 'dead'} Flow
 *   idle: nothing is sent, so nothing is missed; opening: the first packet is awaited;
 *   stalled: say "reconnecting"; dead: open another watch
 */

/** Without a packet for longer than this the picture is no longer to be trusted. */
export const STALLED_AFTER = 2_000;

/** A screen that nobody touches sends about one frame a second, and nothing else may be on. */
export const STALLED_AFTER_SCREEN_ONLY = 5_000;

/** Without a packet for this long a new connection is the better bet; doubled for each that stays silent too. */
export const DEAD_AFTER = 8_000;

const DEAD_AFTER_MOST = 32_000;

/**
 * The same while the way to the server is alive: then it is the teacher who is away, and a class that opens all its connections
 * anew at the same moment would help nobody. Spread up to half as long again.
 */
export const DEAD_AFTER_ALIVE = 40_000;

/** A first connection over a weak link takes its time; only then is it called trouble. */
const OPENING_LIMIT = 4_000;

export class StallClock {
  #packets = -1;
  #silentSince = 0;
  #wasStalled = false;
  #patience = DEAD_AFTER;
  #alivePatience;

  /** @param {number} [chance] 0 to 1: spreads a class whose teacher went away in the same second */
  constructor(chance = 0) {
    this.#alivePatience = DEAD_AFTER_ALIVE * (1 + chance / 2);
  }

  /**
   * A new connection was opened: its packets count from 0.
   * @param {number} now
   * @param {boolean} [first] whether no connection came before it
   */
  reopened(now, first = false) {
    const stayedSilent = this.#packets <= 0;
    this.#patience = stayedSilent && !first ? Math.min(this.#patience * 2, DEAD_AFTER_MOST) : DEAD_AFTER;
    this.#packets = -1;
    this.#silentSince = now;
  }

  /**
   * How long nothing has come, in ms.
   * @param {number} now
   */
  silent(now) {
    return now - this.#silentSince;
  }

  /**
   * @param {number} now
   * @param {number} packets received since the connection was opened
   * @param {readonly Wire.TrackSource[]} sources what is sent now
   * @param {boolean} [alive] whether the server answers on this connection
   * @returns {Flow}
   */
  sample(now, packets, sources, alive = false) {
    if (packets > Math.max(this.#packets, 0)) {
      this.#silentSince = now;
      this.#wasStalled = false;
      this.#patience = DEAD_AFTER;
    } else if (sources.length === 0) {
      this.#silentSince = now;
    }
    this.#packets = packets;

    const flow = this.#judge(now, sources, alive);
    this.#wasStalled ||= flow === 'stalled' || flow === 'dead';
    return flow;
  }

  /**
   * @param {number} now
   * @param {readonly Wire.TrackSource[]} sources
   * @param {boolean} alive
   * @returns {Flow}
   */
  #judge(now, sources, alive) {
    if (sources.length === 0) return 'idle';
    const silent = this.silent(now);
    if (silent > (alive ? this.#alivePatience : this.#patience)) return 'dead';
    if (this.#packets <= 0) return this.#wasStalled || silent > OPENING_LIMIT ? 'stalled' : 'opening';
    const limit = sources.length === 1 && sources[0] === 'screen' ? STALLED_AFTER_SCREEN_ONLY : STALLED_AFTER;
    return silent > limit ? 'stalled' : 'flowing';
  }
}
