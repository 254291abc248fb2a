/**
 * The connection to the class: takes the seat, comes back for ever, calls by name.
 *
 * @typedef {'connecting' | 'online' | 'reconnecting' | 'stopped'} HubLink
 *
 * @typedef {object} HubEvents
 * @property {() => void} joining Join is on its way: what needs a seat may be sent right behind it
 * @property {(reply: Wire.JoinReply) => void} joined
 * @property {(change: Wire.ClassroomChange) => void} changed
 * @property {(line: Wire.ChatLine) => void} said
 * @property {(changed: Wire.ViewerQuality[]) => void} quality
 * @property {(session: string) => void} mediaClosed
 * @property {(link: HubLink) => void} link
 * @property {(code: string | null) => void} refused the seat is not to be had; see retryAfter for what may follow
 */

import { HubError, hubErrorOf, refusalFor, retryAfter, withLimit } from './hub-errors.js';
import { Pause, delayBefore } from './reconnect.js';
import { connectionTo, loadSignalR } from './signalr.js';

const PATH = '/hubs/classroom';

/** A connection attempt that takes longer than this is given up; ms. */
const ATTEMPT_LIMIT = 10_000;

/** A connection that lasted this long was a good one: the next wait starts from 0 again; ms. */
const GOOD_AFTER = 5_000;

/** Leaving waits for the server's word no longer than this; ms. */
const LEAVE_LIMIT = 1_000;

/** What an inspector's page may call. The server refuses the rest; the page does not even ask. */
const SILENT_CALLS = new Set(['Join', 'Leave', 'Snapshot', 'Watch', 'LimitRung']);

export class Hub {
  link = /** @type {HubLink} */ ('stopped');
  /** Set for inspectors: every call that writes is refused here. */
  silent = false;
  iceServers = /** @type {Wire.IceServer[]} */ ([]);  // the relays that the last Join told of
  /** The server that is talked to: after the page's own is gone, another. */
  get address() { return this.#nodes?.address ?? location.origin; }

  #events;
  #seat;
  /** Which server to try; null while only the page's own is known. @type {import('./nodes.js').Nodes | null} */
  #nodes = null;
  /** The direct WebSocket saves a round trip. Where it cannot open (an old proxy), every other attempt negotiates. */
  #direct = true;
  /** Whether a server has led on, and there is nothing to wait for. */
  #atOnce = false;
  /** @type {SignalR.Connection | null} */
  #connection = null;
  /** @type {Map<string, (value: any) => void>} */
  #listeners = new Map();
  #run = 0;
  #pause = new Pause();
  #drop = () => {};

  /**
   * @param {Page.SeatKey} seat
   * @param {HubEvents} events
   */
  constructor(seat, events) {
    this.#seat = seat;
    this.#events = events;
  }

  /** Connects, and stays connected until {@link stop} or a refusal. */
  start() {
    if (this.link === 'stopped') void this.#keep(++this.#run);
  }

  /**
   * What else the hub may tell this page; for whoever is told more than the class itself.
   * @param {string} name
   * @param {(value: any) => void} handler
   */
  listen(name, handler) {
    this.#listeners.set(name, handler);
  }

  /** Ends the connection and does not come back by itself. */
  stop() {
    this.#run++;
    this.#pause.end();
    this.#drop();
    this.#become('stopped');
  }

  /** Gives up the seat and stops, at once to the page; the connection closes when the server has heard it, or after a second. */
  leave() {
    const told = this.#connection?.invoke('Leave') ?? Promise.resolve();
    const close = this.#drop;
    // From here on the connection is nobody's: whoever comes back before it is closed begins anew.
    this.#connection = null;
    this.#drop = () => {};
    this.stop();
    withLimit(told, LEAVE_LIMIT).catch(() => {}).finally(close);  // not heard: the server's grace ends the stay
  }

  /** Does not wait for the next attempt's turn: the network has just come back. */
  hurry() {
    this.#pause.end();
  }

  /** The connection is not believed any more: opens another one. */
  drop() {
    this.#drop();
  }

  /**
   * Calls a method of the hub.
   * @template {keyof Wire.Calls} M
   * @param {M} method
   * @param {Parameters<Wire.Calls[M]>} args
   * @returns {Promise<ReturnType<Wire.Calls[M]>>}
   * @throws {HubError}
   */
  async invoke(method, ...args) {
    if (this.silent && !SILENT_CALLS.has(method)) throw new HubError(`${method} writes`, 'inspector_is_silent');
    const connection = this.#connection;
    if (!connection) throw new HubError('not connected', null);
    try {
      return /** @type {ReturnType<Wire.Calls[M]>} */ (await connection.invoke(method, ...args));
    } catch (failure) {
      const error = hubErrorOf(failure);
      if (error.code !== 'elsewhere') throw error;
      // To the caller it is a call that was lost with its connection, and is made again when the seat is taken there.
      if (connection === this.#connection && this.link === 'online') {
        const drop = this.#drop;
        await this.#choose(error, 0);
        drop();
      }
      throw new HubError(error.message, null);
    }
  }

  /** @param {number} run */
  async #keep(run) {
    this.#become('connecting');
    const library = await loadSignalR();
    for (let attempt = 0; run === this.#run; attempt += this.#atOnce ? 0 : 1) {
      if (!this.#atOnce) await this.#pause.wait(delayBefore(attempt, Math.random()));
      this.#atOnce = false;
      if (run !== this.#run) return;
      const started = performance.now();
      try {
        const { lost, since } = await this.#open(library, run);
        await lost;
        if (performance.now() - since > GOOD_AFTER) attempt = -1;
      } catch (failure) {
        const error = hubErrorOf(failure);
        if (run === this.#run) await this.#choose(error, performance.now() - started);
        if (run !== this.#run) return;
        if (error.code !== null && error.code !== 'elsewhere') {
          this.#events.refused(refusalFor(error.code, this.#seat.expires, Date.now()));
          if (retryAfter(error.code) !== 'later') return this.stop();
        }
      }
      if (run === this.#run) this.#become('reconnecting');
    }
  }

  /**
   * Chooses the server of the next attempt.
   * @param {HubError} error that of the last one
   * @param {number} took ms
   */
  async #choose(error, took) {
    const nodes = error.code === 'elsewhere' ? await this.#know() : this.#nodes;
    const next = nodes?.after(error, took, performance.now());
    if (!nodes && error.code === null) this.#direct = !this.#direct;
    this.#atOnce = next === 'at once';
    if (next === 'leave') this.stop();
  }

  /** The servers of the city; null when what is needed for that did not come: the next word about them asks again. */
  async #know() {
    const { nodesFor } = await import('./elsewhere.js').catch(() => ({ nodesFor: () => null }));
    return this.#nodes ??= nodesFor(this.#seat);
  }

  /**
   * One attempt: resolves when the seat is taken.
   * @param {SignalR.Library} library
   * @param {number} run
   */
  async #open(library, run) {
    const connection = this.#build(library);
    /** @type {Promise<void>} */
    const lost = new Promise(resolve => {
      this.#drop = resolve;
      connection.onclose(() => resolve());
    });
    const end = () => {
      if (this.#connection === connection) this.#connection = null;
      connection.stop().catch(() => {});
    };
    try {
      const reply = await withLimit(this.#join(connection, run), ATTEMPT_LIMIT);
      if (run !== this.#run) throw new HubError('stopped', null);
      if (this.#nodes || reply.nodes?.length) void this.#know().then(nodes => nodes?.arrived(reply.nodes));
      this.#become('online');
      this.#events.joined(reply);
    } catch (failure) {
      end();
      throw failure;
    }
    void lost.then(end);
    return { lost, since: performance.now() };
  }

  /**
   * @param {SignalR.Connection} connection
   * @param {number} run
   */
  async #join(connection, run) {
    await connection.start();
    if (run !== this.#run) throw new HubError('stopped', null);
    this.#connection = connection;
    const reply = connection.invoke('Join', { device: this.#seat.device });
    this.#events.joining();
    return /** @type {Wire.JoinReply} */ (await reply);
  }

  /** @param {SignalR.Library} library */
  #build(library) {
    const { address, direct } = this.#nodes ?? { address: location.origin, direct: this.#direct };
    const connection = connectionTo(library, address + PATH, direct, this.#seat.ticket);
    /** @param {(value: any) => void} handler */
    const current = handler => (/** @type {any} */ value) => void (this.#connection === connection && handler(value));
    connection.on('Changed', current(this.#events.changed));
    connection.on('Said', current(this.#events.said));
    connection.on('Quality', current(this.#events.quality));
    for (const [name, handler] of this.#listeners) connection.on(name, current(handler));
    connection.on('MediaClosed', current(this.#events.mediaClosed));
    connection.on('Dismissed', current(code => {
      this.stop();
      this.#events.refused(code);
    }));
    return connection;
  }

  /** @param {HubLink} link */
  #become(link) {
    if (this.link === link) return;
    this.link = link;
    this.#events.link(link);
  }
}
