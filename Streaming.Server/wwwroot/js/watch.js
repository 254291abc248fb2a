/**
 * Receives the lesson: one peer connection with three fixed slots, opened again whenever it stays silent.
 *
 * @typedef {'idle' | 'opening' | 'flowing' | 'stalled' | 'starved'} WatchFlow
 *   stalled: nothing arrives although something is sent; starved: the same, but the way to the server is alive
 *
 * @typedef {object} WatchEvents
 * @property {(tracks: Record<Wire.TrackSource, MediaStreamTrack>) => void} tracks a new connection's tracks, at once when it is made
 * @property {(flow: WatchFlow) => void} flow
 * @property {() => Promise<boolean>} suspicious nothing comes, and the way to the server is in doubt: does the hub still answer?
 * @property {(code: string) => void} impossible this browser and the server share no way to play the lesson
 */

import { hubErrorOf } from './hub-errors.js';
import { StallClock } from './stall.js';
import { CHECKS_ALIVE, CHECKS_GONE, Stall, Way, countsOf, needsRelay } from './way.js';

const SAMPLE_EVERY = 500;

/** Silence this long with a living link is the sender's trouble, not ours; ms. */
const STARVED_AFTER = 4_500;

const IMPOSSIBLE = new Set(['sdp_invalid', 'sdp_too_large', 'no_common_codec']);

/**
 * @typedef {object} Attempt
 * @property {RTCPeerConnection} pc
 * @property {Promise<string>} offer
 * @property {Promise<string> | null} opened the session of a connection that the page began with, instead of by the hub
 * @property {string | null} session
 * @property {number} answeredAt when the server's answer was in force; 0 before
 * @property {boolean} relayed whether it may go by a relay
 * @property {boolean} sent
 * @property {boolean} failed
 */

export class Watch {
  /** @type {WatchFlow} */
  flow = 'idle';

  #hub;
  #opening;
  #events;
  #clock = new StallClock(Math.random());
  /** @type {Attempt | null} */
  #attempt = null;
  /** @type {readonly Wire.TrackSource[]} */
  #sources = [];
  /** @type {Wire.LessonPhase} */
  #phase = 'waiting';
  #way = new Way();
  #stall = new Stall();
  #timer = 0;

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {Page.Opening} opening
   * @param {WatchEvents} events
   */
  constructor(hub, opening, events) {
    this.#hub = hub;
    this.#opening = opening;
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

  /** Takes over the connection that the page began with, and plays already; or makes one and its offer, ahead of the hub. */
  begin() {
    const first = this.#opening.takeFirstWatch();
    if (!first) return this.#prepare();
    this.#adopt({ pc: first.pc, offer: first.offer, opened: first.session, relayed: false, ...unsent() });
    void this.open();
  }

  #prepare() {
    const former = this.#attempt;
    // Perhaps for want of AES-GCM, without which the server says no hello: the next page that is opened here does without.
    if (former?.opened && former.pc.connectionState === 'failed') this.#opening.memory(storage => storage.setItem('streaming.failed', 'yes'));
    former?.pc.close();
    const { iceServers } = this.#hub;
    this.#adopt({ ...this.#opening.connect(iceServers), opened: null, relayed: iceServers.length > 0, ...unsent() });
    const [voice, camera, screen] = this.#attempt?.pc.getTransceivers().map(transceiver => transceiver.receiver.track) ?? [];
    if (voice && camera && screen) this.#events.tracks({ voice, camera, screen });
  }

  /** @param {Attempt} attempt */
  #adopt(attempt) {
    this.#attempt = attempt;
    attempt.pc.onconnectionstatechange = () => this.#connectionChanged(attempt);
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
    if (!this.#attempt || this.#attempt.sent) this.#prepare();
    const attempt = this.#attempt;
    if (!attempt) return;
    attempt.sent = true;
    this.#clock.reopened(performance.now(), first);
    this.#way = new Way();
    this.#stall = new Stall();
    this.#timer ||= window.setInterval(() => void this.#sample(), SAMPLE_EVERY);
    try {
      const sdp = await attempt.offer;
      if (attempt !== this.#attempt) return;
      const answer = attempt.opened ? { session: await attempt.opened, sdp: null } : await this.#hub.invoke('Watch', { sdp });
      if (attempt !== this.#attempt) return;
      attempt.session = answer.session;
      if (answer.sdp !== null) await attempt.pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      attempt.answeredAt = performance.now();
    } catch (failure) {
      attempt.failed = true;
      if (attempt === this.#attempt) this.#refused(attempt, hubErrorOf(failure).code);
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
    else this.moved();  // the hub had to come back, perhaps from another network
  }

  /** The device may have come into another network. */
  moved() {
    this.#way.moved(performance.now());
  }

  /** @param {string} session */
  mediaClosed(session) {
    if (this.#attempt?.session === session) void this.open();
  }

  /**
   * @param {Attempt} attempt
   * @param {string | null} code
   */
  #refused(attempt, code) {
    // The class may live elsewhere than at the page's own door: the hub knows, and joined() opens there.
    if (attempt.opened) return void (this.#hub.link === 'online' && this.open());
    if (code && IMPOSSIBLE.has(code)) {
      this.close();
      this.#events.impossible(code);
      return;
    }
    if (code === 'lesson_not_live') return this.close();  // follow() opens when it begins
    // A call lost with its connection is made again by joined(); these need a moment of their own.
    if (!code) return;
    setTimeout(() => {
      if (attempt === this.#attempt && this.#hub.link === 'online') void this.open();
    }, code === 'not_joined' ? 300 : 3_000 * (0.8 + 0.4 * Math.random()));
  }

  /** @param {Attempt} attempt */
  #connectionChanged(attempt) {
    if (attempt !== this.#attempt || attempt.pc.connectionState !== 'failed') return;
    this.#become('stalled');
    if (this.#hub.link === 'online') void this.open();
    this.#ask();
  }

  async #sample() {
    const attempt = this.#attempt;
    if (!attempt) return;
    const { packets, checks } = await countsOf(attempt.pc);
    if (attempt !== this.#attempt) return;
    const now = performance.now();
    this.#way.sample(now, packets, checks);
    if (this.#hub.link === 'online' && (needsRelay(attempt, this.#hub.iceServers, now) || this.#isLost(attempt, now))) return void this.open();
    const unanswered = this.#way.unanswered(now);
    const connected = attempt.pc.connectionState === 'connected';
    // A browser that counts no checks has the hub's answer to go by.
    const alive = connected && (unanswered < CHECKS_GONE || (checks === 0 && this.#stall.answered));
    const flow = this.#clock.sample(now, packets, this.#sources, alive);
    const cut = attempt.pc.connectionState === 'disconnected' && flow !== 'idle';
    if (flow === 'dead' || flow === 'stalled' || cut) {
      const answered = unanswered < CHECKS_ALIVE || (checks === 0 && alive);
      this.#become(!cut && answered && this.#clock.silent(now) > STARVED_AFTER ? 'starved' : 'stalled');
      if (!connected || !answered) this.#ask();
    } else {
      this.#stall = new Stall();
      this.#become(flow);
    }
    if (flow === 'dead' && this.#hub.link === 'online') void this.open();
  }

  /**
   * Whether the hub is there and this connection's own way is not. A new one tries all ways anew, UDP first; the seat stays what it is.
   * @param {Attempt} attempt
   * @param {number} now
   */
  #isLost(attempt, now) {
    const { connectionState } = attempt.pc;
    return (this.#stall.answered && this.#way.isCut(now, connectionState === 'disconnected', this.#clock.silent(now)))
      || (connectionState === 'connected' && this.#way.isLeft(now, this.#sources.length > 0));
  }

  /** Asks once in a stall of a connection whether the hub is still there: a whole class that asks for more is a storm. */
  #ask() {
    const stall = this.#stall;
    if (stall.asked || this.#hub.link !== 'online') return;
    stall.asked = true;
    void this.#events.suspicious().then(answered => { stall.answered = answered; });
  }

  /** @param {WatchFlow} flow */
  #become(flow) {
    if (flow === this.flow) return;
    this.flow = flow;
    this.#events.flow(flow);
  }
}

/** What an attempt knows before its offer has gone. */
const unsent = () => ({ session: null, answeredAt: 0, sent: false, failed: false });
