/** Tells from counts whether the way of one connection to the server is still there. The time is an argument, in ms. */

/** The way to the server counts as alive this long after it last answered a check; browsers check every 2.5 s or so; ms. */
export const CHECKS_ALIVE = 3_500;

/** Without an answer for this long the way is cut for certain: one lost check more is no proof of that; ms. */
export const CHECKS_GONE = 6_000;

/** Whom neither UDP nor TCP brings to the server within this long after its answer gets a connection that may go by a relay; ms. */
const RELAY_AFTER = 2_000;

/** After a change of networks, a way that has brought nothing for this long is taken to be the former network's; ms. */
const MOVED_AFTER = 1_500;

/** What was seen last in the moment of a move may have come before it; ms. */
const SETTLED_AFTER = 500;

export class Way {
  #packets = 0;
  #checks = 0;
  #answeredAt = 0;
  #cameAt = 0;
  #movedAt = 0;

  /** Whether this browser counts checks, or none was answered yet. */
  get counted() {
    return this.#checks > 0;
  }

  /**
   * @param {number} now
   * @param {number} packets received by this connection
   * @param {number} checks answered by the server
   */
  sample(now, packets, checks) {
    if (checks > this.#checks) this.#answeredAt = now;
    if (checks > this.#checks || packets > this.#packets) this.#cameAt = now;
    this.#packets = packets;
    this.#checks = checks;
  }

  /**
   * How long no check was answered; without end when none ever was.
   * @param {number} now
   */
  unanswered(now) {
    return this.#answeredAt > 0 ? now - this.#answeredAt : Infinity;
  }

  /**
   * The device has come into another network: the way of before may be gone, though nothing says so.
   * @param {number} now
   */
  moved(now) {
    this.#movedAt = now;
  }

  /**
   * Whether neither media nor an answered check has come for a while.
   * @param {number} now
   * @param {boolean} disconnected whether the browser says so
   * @param {number} silent how long no media has come that should
   */
  isCut(now, disconnected, silent) {
    return silent > CHECKS_ALIVE && (disconnected || (this.counted && this.unanswered(now) > CHECKS_ALIVE));
  }

  /**
   * Whether nothing at all has come since the device has moved.
   * @param {number} now
   * @param {boolean} expected whether there is media to come; otherwise there are only checks, now and then
   */
  isLeft(now, expected) {
    if (this.#cameAt - this.#movedAt > SETTLED_AFTER) this.#movedAt = 0;
    return this.#movedAt > 0 && now - this.#movedAt > (expected ? MOVED_AFTER : CHECKS_ALIVE);
  }
}

/** One silence of one connection, from the first sign to the next packet. */
export class Stall {
  asked = false;
  answered = false;
}

/**
 * Whether neither UDP nor TCP has reached the server, and there is a relay that was not known when this connection was made.
 * @param {{ pc: RTCPeerConnection, answeredAt: number, relayed: boolean }} attempt
 * @param {readonly Wire.IceServer[]} relays
 * @param {number} now
 */
export function needsRelay({ pc, answeredAt, relayed }, relays, now) {
  const reaching = pc.iceConnectionState === 'new' || pc.iceConnectionState === 'checking';
  return reaching && !relayed && relays.length > 0 && answeredAt > 0 && now - answeredAt > RELAY_AFTER;
}

/**
 * Media packets received, and connectivity checks answered by the server.
 * @param {RTCPeerConnection} pc
 */
export async function countsOf(pc) {
  let packets = 0;
  let checks = 0;
  (await pc.getStats()).forEach(report => {
    if (report.type === 'inbound-rtp') packets += report.packetsReceived ?? 0;
    else if (report.type === 'candidate-pair') checks += report.responsesReceived ?? 0;
  });
  return { packets, checks };
}
