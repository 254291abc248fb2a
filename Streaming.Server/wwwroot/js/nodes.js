/**
 * The servers of a city, any of which knows where a class lives: which one to try next. Times are arguments, in ms.
 *
 * @typedef {object} Reach what this page may do
 * @property {(address: string) => boolean} forbids whether the page's own policy has kept it from connecting there
 * @property {(address: string) => boolean} moveTo opens the page at that server instead; whether it does
 */

/** So many failures in a row, and the next server is tried. */
const PATIENCE = 2;

/** A server that takes longer than this to fail hangs, and is not waited for again; ms. */
const HANGS_AFTER = 5_000;

/** Led on more often than this within so long, it is a circle: then at the pace of any other attempt; ms. */
const MOST_JUMPS = 5;
const JUMPS_WITHIN = 10_000;

/** Refusals of a server that has no time for us; another one may know better. */
const BUSY = new Set(['busy', 'server_error']);

export class Nodes {
  /** The address in use: an origin, perhaps with a path. */
  address;

  #own;
  #reach;
  /** All that are known, in the order in which they are tried. @type {string[]} */
  #ring;
  #failures = 0;
  /** Those that failed since a seat was taken: one failure more is enough. @type {Set<string>} */
  #down = new Set();
  /** Those at which the direct way failed last. @type {Set<string>} */
  #roundabout = new Set();
  /** When servers led on. @type {number[]} */
  #jumps = [];
  /** Where a server has sent us. @type {string | null} */
  #sentTo = null;

  /**
   * @param {string} own the origin of the page
   * @param {Reach} reach
   */
  constructor(own, reach) {
    this.#own = own;
    this.#reach = reach;
    this.#ring = [own];
    this.address = own;
  }

  /** Whether to open the WebSocket without negotiating: it saves a round trip. Where it fails (an old proxy), every other attempt negotiates. */
  get direct() {
    return !this.#roundabout.has(this.address);
  }

  /**
   * The seat was taken here.
   * @param {readonly string[] | undefined} others the other servers, by this one's word
   */
  arrived(others) {
    const known = (others ?? []).map(nodeAddress).filter(address => address !== null);
    this.#ring = [...new Set([this.address, this.#own, ...known])];
    this.#down.clear();
    this.#failures = 0;
    this.#sentTo = null;
  }

  /**
   * An attempt failed, or a seat was refused: chooses the server of the next attempt.
   * @param {{ code: string | null, message: string }} error
   * @param {number} took how long the attempt lasted
   * @param {number} now
   * @returns {'at once' | 'wait' | 'leave'} leave: the page itself goes there
   */
  after({ code, message }, took, now) {
    const address = code === 'elsewhere' ? addressIn(message) : null;
    if (address) return this.#jump(address, now);
    if (code !== null) {
      if (BUSY.has(code)) this.#failed(1);
    } else if (this.#reach.forbids(this.address)) {
      // A page goes only where a server has sent it: nobody else has said that there is one.
      if (this.address === this.#sentTo && this.#reach.moveTo(this.address)) return 'leave';
      this.#strike();
    } else {
      if (!this.#roundabout.delete(this.address)) this.#roundabout.add(this.address);
      this.#failed(took > HANGS_AFTER ? PATIENCE : 1);
    }
    return 'wait';
  }

  /**
   * @param {string} address
   * @param {number} now
   */
  #jump(address, now) {
    if (!this.#ring.includes(address)) this.#ring.push(address);
    this.#sentTo = address;
    this.#go(address);
    this.#jumps = [...this.#jumps.filter(at => now - at < JUMPS_WITHIN), now];
    return this.#jumps.length <= MOST_JUMPS ? 'at once' : 'wait';
  }

  /** @param {number} weight */
  #failed(weight) {
    this.#down.add(this.address);
    this.#failures += weight;
    if (this.#failures >= PATIENCE) this.#go(this.#next);
  }

  /** What the page may not reach is tried no more. */
  #strike() {
    const struck = this.address;
    this.#go(this.#next);
    this.#ring = this.#ring.filter(address => address !== struck);
  }

  get #next() {
    return this.#ring[(this.#ring.indexOf(this.address) + 1) % this.#ring.length] ?? this.#own;
  }

  /** @param {string} address */
  #go(address) {
    this.address = address;
    this.#failures = this.#down.has(address) ? PATIENCE - 1 : 0;
  }
}

/**
 * A server's address as one can go there; null when it is none.
 * @param {string} text
 */
export function nodeAddress(text) {
  try {
    const { protocol, origin, pathname } = new URL(text);
    return protocol === 'https:' || protocol === 'http:' ? origin + pathname.replace(/\/+$/, '') : null;
  } catch {
    return null;
  }
}

/**
 * The address in a refusal that leads elsewhere.
 * @param {string} message
 */
export function addressIn(message) {
  return nodeAddress(/\belsewhere: *(\S+)\s*$/.exec(message)?.[1] ?? '');
}
