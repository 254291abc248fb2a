/**
 * The class, kept in step with the server: state by version, a gap leads to a snapshot.
 *
 * @typedef {import('./classroom-state.js').ClassroomState} ClassroomState
 *
 * @typedef {object} ClassroomEvents
 * @property {() => void} joining
 * @property {(reply: Wire.JoinReply, sameServer: boolean) => void} joined
 * @property {() => void} changed state, link or refusal changed
 * @property {(session: string) => void} mediaClosed
 */

import { addLine, applyChange, applyQuality, fromSnapshot } from './classroom-state.js';
import { hubErrorOf, withLimit } from './hub-errors.js';
import { Hub } from './hub.js';

/** A snapshot that takes longer than this means that the connection is dead; ms. */
const SNAPSHOT_LIMIT = 5_000;

/** A snapshot that closes a gap comes over a link that may have been behind; it is given longer; ms. */
const GAP_LIMIT = 20_000;

/** A snapshot that was refused is asked for again after this, and up to as long again; ms. */
const ASK_AGAIN_AFTER = 2_000;

export class Classroom {
  /** @type {ClassroomState | null} */
  state = null;
  /** @type {Wire.Identity | null} */
  me = null;
  /** @type {string | null} */
  server = null;
  /** Why the seat is not to be had, as a code; null while it is. @type {string | null} */
  refusal = null;

  #events;
  #refreshing = false;
  #askAgain = 0;
  /** Counts the Joins: what was asked before the last one is void. */
  #stay = 0;
  /** @type {Wire.ClassroomChange[]} */
  #early = [];
  /** @type {Wire.ChatLine[]} */
  #earlyLines = [];

  /**
   * @param {Page.SeatKey} seat
   * @param {ClassroomEvents} events
   */
  constructor(seat, events) {
    this.#events = events;
    this.hub = new Hub(seat, {
      joining: () => {
        // Changes may overtake the reply; they wait for its snapshot. What waited for an earlier one is in it.
        clearTimeout(this.#askAgain);
        this.#stay++;
        this.#refreshing = true;
        this.#early = [];
        this.#earlyLines = [];
        events.joining();
      },
      joined: reply => this.#joined(reply),
      changed: change => this.#change(change),
      said: line => this.#line(line),
      quality: changed => {
        if (this.state) this.#become(applyQuality(this.state, changed));
      },
      mediaClosed: events.mediaClosed,
      link: () => events.changed(),
      refused: code => {
        this.refusal = code;
        events.changed();
      },
    });
  }

  /** Takes the seat (again): at the start, and when the user wants it back. */
  enter() {
    this.refusal = null;
    this.hub.start();
  }

  /**
   * Asks for the whole class. A connection that does not answer is replaced.
   * @param {number} [limit] how long it may take; ms
   * @returns {Promise<boolean>} whether the hub answered
   */
  async refresh(limit = SNAPSHOT_LIMIT) {
    if (this.#refreshing || this.hub.link !== 'online') return false;
    this.#refreshing = true;
    const stay = this.#stay;
    try {
      const snapshot = await withLimit(this.hub.invoke('Snapshot'), limit);
      if (stay === this.#stay) this.#restart(snapshot, true);
      return true;
    } catch (failure) {
      if (stay !== this.#stay) return false;
      const { code } = hubErrorOf(failure);
      if (code === null || code === 'not_joined') {
        this.hub.drop();
        return false;
      }
      // A refusal is an answer: the connection is sound, and a class that dropped it would only make a busy server busier.
      this.#askAgain = window.setTimeout(() => {
        this.#refreshing = false;
        void this.refresh(limit);
      }, ASK_AGAIN_AFTER * (1 + Math.random()));
      return true;
    }
  }

  /** @param {Wire.JoinReply} reply */
  #joined(reply) {
    const sameServer = this.server === null || this.server === reply.server;
    this.refusal = null;
    this.me = reply.me;
    this.server = reply.server;
    this.hub.silent = reply.me.role === 'inspector';
    this.hub.iceServers = reply.iceServers ?? [];
    this.#restart(reply.classroom, sameServer);
    this.#events.joined(reply, sameServer);
  }

  /**
   * @param {Wire.ClassroomSnapshot} snapshot
   * @param {boolean} sameServer
   */
  #restart(snapshot, sameServer) {
    let state = fromSnapshot(snapshot, sameServer ? this.state : null);
    let gap = false;
    for (const change of this.#early.sort((a, b) => a.version - b.version)) {
      const next = applyChange(state, change);
      if (next) state = next;
      else gap = true;
    }
    for (const line of this.#earlyLines) {
      const next = addLine(state, line);
      if (next) state = next;
      else gap = true;
    }
    this.#early = [];
    this.#earlyLines = [];
    this.#refreshing = false;
    this.#become(state);
    // The snapshot is older than what overtook it, and something between them is missing still.
    if (gap) void this.refresh(GAP_LIMIT);
  }

  /** @param {Wire.ClassroomChange} change */
  #change(change) {
    const next = this.state && !this.#refreshing ? applyChange(this.state, change) : null;
    if (next) return this.#become(next);
    this.#early.push(change);
    void this.refresh(GAP_LIMIT);
  }

  /** @param {Wire.ChatLine} line */
  #line(line) {
    const next = this.state && !this.#refreshing ? addLine(this.state, line) : null;
    if (next) return this.#become(next);
    this.#earlyLines.push(line);
    void this.refresh(GAP_LIMIT);
  }

  /** @param {ClassroomState} state */
  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.#events.changed();
  }
}
