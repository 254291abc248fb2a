/**
 * Receives the lesson: one peer connection with three fixed slots, opened again whenever it stays silent.
 *
 * @typedef {'idle' | 'opening' | 'flowing' | 'stalled' | 'starved'} WatchFlow
 *   stalled: nothing arrives although something is sent; starved: the same, but the way to the server is alive
 *
 * @typedef {object} WatchEvents
 * @property {(tracks: Record<Wire.TrackSource, MediaStreamTrack>) => void} tracks a new connection's tracks, at once when it is made
 * @property {(flow: WatchFlow) => void} flow
 * @property {() => void} suspicious nothing has come for a while: is the hub still there?
 * @property {(code: string) => void} impossible this browser and the server share no way to play the lesson
 */

import { hubErrorOf } from './hub-errors.js';
import { StallClock } from './stall.js';

const SAMPLE_EVERY = 500;

/** The way to the server counts as alive this long after it last answered a check; browsers check every 2.5 s or so; ms. */
const CHECKS_ALIVE = 3_500;

/** Silence this long with a living link is the sender's trouble, not ours; ms. */
const STARVED_AFTER = 4_500;

const SLOTS = /** @type {const} */ (['voice', 'camera', 'screen']);
const IMPOSSIBLE = new Set(['sdp_invalid', 'sdp_too_large', 'no_common_codec']);

/** @typedef {{ pc: RTCPeerConnection, offer: Promise<string>, session: string | null, sent: boolean, failed: boolean }} Attempt */

export class Watch {
  /** @type {WatchFlow} */
  flow = 'idle';

  #hub;
  #events;
  #clock = new StallClock();
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {readonly Wire.TrackSource[]} */
  #sources = [];
  /** @type {Wire.LessonPhase} */
  #phase = 'waiting';
  #checks = 0;
  #answeredAt = 0;
  #timer = 0;

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {WatchEvents} events
   */
  constructor(hub, events) {
    this.#hub = hub;
    this.#events = events;
  }

  /** The live connection, if any. */
  get peerConnection() {
    return this.#attempt?.pc ?? null;
  }

  /** Whether an offer is on its way or answered. */
  get isOpen() {
    return Boolean(this.#attempt?.sent && !this.#attempt.failed);
  }

  /** Makes the connection and its offer, ahead of the hub: the first picture waits for nothing that could have been done before. */
  prepare() {
    this.#attempt?.pc.close();
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    const attempt = { pc, offer: offerOf(pc), session: null, sent: false, failed: false };
    attempt.offer.catch(() => {});
    this.#attempt = attempt;
    pc.onconnectionstatechange = () => this.#connectionChanged(attempt);
    const [voice, camera, screen] = pc.getTransceivers().map(transceiver => transceiver.receiver.track);
    if (voice && camera && screen) this.#events.tracks({ voice, camera, screen });
  }

  /**
   * Where the lesson stands: what should arrive, and whether a connection is worth its while.
   * @param {Wire.Lesson} lesson
   */
  follow(lesson) {
    this.#sources = lesson.phase === 'live' ? lesson.sources : [];
    const began = this.#phase !== 'live' && lesson.phase === 'live';
    this.#phase = lesson.phase;
    if (lesson.phase === 'ended') this.close();
    else if (began && this.#hub.link === 'online' && !this.#attempt?.sent) void this.open();
  }

  /** Sends the offer, a fresh one when the last was used. Calling again replaces the connection. */
  async open() {
    const first = !this.#attempt?.sent;
    if (!this.#attempt || this.#attempt.sent) this.prepare();
    const attempt = this.#attempt;
    if (!attempt) return;
    attempt.sent = true;
    this.#clock.reopened(performance.now(), first);
    this.#checks = 0;
    this.#answeredAt = 0;
    this.#timer ||= window.setInterval(() => void this.#sample(), SAMPLE_EVERY);
    try {
      const sdp = await attempt.offer;
      if (attempt !== this.#attempt) return;
      const answer = await this.#hub.invoke('Watch', { sdp });
      if (attempt !== this.#attempt) return;
      attempt.session = answer.session;
      await attempt.pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    } catch (failure) {
      attempt.failed = true;
      if (attempt === this.#attempt) this.#refused(hubErrorOf(failure).code);
    }
  }

  close() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#attempt?.pc.close();
    this.#attempt = null;
    this.#become('idle');
  }

  /**
   * The seat was taken (again).
   * @param {boolean} sameServer
   */
  joined(sameServer) {
    if (this.#phase === 'ended') return;
    const attempt = this.#attempt;
    const sound = attempt?.sent && !attempt.failed && attempt.pc.connectionState !== 'failed';
    if (sound && attempt.session === null) return;  // sent right behind this Join
    if (!sound || !sameServer || this.flow === 'stalled' || this.flow === 'starved') void this.open();
  }

  /** @param {string} session */
  mediaClosed(session) {
    if (this.#attempt?.session === session) void this.open();
  }

  /** @param {string | null} code */
  #refused(code) {
    if (code && IMPOSSIBLE.has(code)) {
      this.close();
      this.#events.impossible(code);
      return;
    }
    if (code === 'lesson_not_live') return this.close();  // follow() opens when it begins
    // A call lost with its connection is made again by joined(); these need a moment of their own.
    if (code) setTimeout(() => this.#hub.link === 'online' && void this.open(), code === 'not_joined' ? 300 : 3_000);
  }

  /** @param {Attempt} attempt */
  #connectionChanged(attempt) {
    if (attempt !== this.#attempt || attempt.pc.connectionState !== 'failed') return;
    this.#become('stalled');
    if (this.#hub.link === 'online') void this.open();
  }

  async #sample() {
    const attempt = this.#attempt;
    if (!attempt) return;
    const { packets, checks } = await countsOf(attempt.pc);
    if (attempt !== this.#attempt) return;
    const now = performance.now();
    if (checks > this.#checks) this.#answeredAt = now;
    this.#checks = checks;

    const flow = this.#clock.sample(now, packets, this.#sources);
    const cut = attempt.pc.connectionState === 'disconnected' && flow !== 'idle';
    if (flow === 'dead' || flow === 'stalled' || cut) {
      const answered = this.#answeredAt > 0 && now - this.#answeredAt < CHECKS_ALIVE;
      this.#become(!cut && answered && this.#clock.silent(now) > STARVED_AFTER ? 'starved' : 'stalled');
    } else {
      this.#become(flow);
    }
    if (flow === 'dead' && this.#hub.link === 'online') {
      this.#events.suspicious();
      void this.open();
    }
  }

  /** @param {WatchFlow} flow */
  #become(flow) {
    if (flow === this.flow) return;
    this.flow = flow;
    this.#events.flow(flow);
    if (flow === 'stalled') this.#events.suspicious();
  }
}

/**
 * Adds the three slots and makes the offer. It needs no candidates: the server learns the browser's address from its checks.
 * @param {RTCPeerConnection} pc
 */
async function offerOf(pc) {
  for (const slot of SLOTS) pc.addTransceiver(slot === 'voice' ? 'audio' : 'video', { direction: 'recvonly' });
  await pc.setLocalDescription();
  return pc.localDescription?.sdp ?? '';
}

/**
 * Media packets received, and connectivity checks answered by the server.
 * @param {RTCPeerConnection} pc
 */
async function countsOf(pc) {
  let packets = 0;
  let checks = 0;
  (await pc.getStats()).forEach(report => {
    if (report.type === 'inbound-rtp') packets += report.packetsReceived ?? 0;
    else if (report.type === 'candidate-pair') checks += report.responsesReceived ?? 0;
  });
  return { packets, checks };
}
