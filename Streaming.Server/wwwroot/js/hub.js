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

import { HubError, hubErrorOf, refusalFor, retryAfter } from './hub-errors.js';
import { delayBefore } from './reconnect.js';
import { loadSignalR } from './signalr.js';

const URL = '/hubs/classroom';

/** A connection attempt that takes longer than this is given up; ms. */
const ATTEMPT_LIMIT = 10_000;

/** A connection that lasted this long was a good one: the next wait starts from 0 again; ms. */
const GOOD_AFTER = 5_000;

/** Leaving waits for the server's word no longer than this; ms. */
const LEAVE_LIMIT = 1_000;

/** The server speaks every 10 s; a connection silent for longer than two of these is dead; ms. */
const SERVER_SILENT = 21_000;

/** What an inspector's page may call. The server refuses the rest; the page does not even ask. */
const SILENT_CALLS = new Set(['Join', 'Leave', 'Snapshot', 'Watch']);

export class Hub {
  /** @type {HubLink} */
  link = 'stopped';
  /** Set for inspectors: every call that writes is refused here. */
  silent = false;

  #events;
  #seat;
  /** @type {SignalR.Connection | null} */
  #connection = null;
  #run = 0;
  #wake = () => {};
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

  /** Ends the connection and does not come back by itself. */
  stop() {
    this.#run++;
    this.#wake();
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
    // Not heard: the server's grace ends the stay.
    withLimit(told, LEAVE_LIMIT).catch(() => {}).finally(close);
  }

  /** Does not wait for the next attempt's turn: the network has just come back. */
  hurry() {
    this.#wake();
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
    if (!this.#connection) throw new HubError('not connected', null);
    try {
      return /** @type {ReturnType<Wire.Calls[M]>} */ (await this.#connection.invoke(method, ...args));
    } catch (failure) {
      throw hubErrorOf(failure);
    }
  }

  /** @param {number} run */
  async #keep(run) {
    this.#become('connecting');
    const library = await loadSignalR();
    // The direct WebSocket saves a round trip. Where it cannot open (an old proxy), every other attempt negotiates.
    let direct = true;
    for (let attempt = 0; run === this.#run; attempt++) {
      await this.#pause(delayBefore(attempt, Math.random()));
      if (run !== this.#run) return;
      try {
        const { lost, since } = await this.#open(library, direct, run);
        await lost;
        if (performance.now() - since > GOOD_AFTER) attempt = -1;
      } catch (failure) {
        const error = hubErrorOf(failure);
        if (run !== this.#run) return;
        if (error.code === null) direct = !direct;
        else this.#events.refused(refusalFor(error.code, this.#seat.expires, Date.now()));
        if (error.code !== null && retryAfter(error.code) !== 'later') return this.stop();
      }
      if (run === this.#run) this.#become('reconnecting');
    }
  }

  /**
   * One attempt: resolves when the seat is taken.
   * @param {SignalR.Library} library
   * @param {boolean} direct
   * @param {number} run
   */
  async #open(library, direct, run) {
    const connection = this.#build(library, direct);
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

  /**
   * @param {SignalR.Library} library
   * @param {boolean} direct
   */
  #build(library, direct) {
    const options = { accessTokenFactory: () => this.#seat.ticket };
    const connection = new library.HubConnectionBuilder()
      .withUrl(URL, direct
        ? { ...options, skipNegotiation: true, transport: library.HttpTransportType.WebSockets }
        : options)
      .configureLogging(library.LogLevel.None)
      .build();
    connection.serverTimeoutInMilliseconds = SERVER_SILENT;
    /** @param {(value: any) => void} handler */
    const current = handler => (/** @type {any} */ value) => {
      if (this.#connection === connection) handler(value);
    };
    connection.on('Changed', current(this.#events.changed));
    connection.on('Said', current(this.#events.said));
    connection.on('Quality', current(this.#events.quality));
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

  /** @param {number} ms */
  #pause(ms) {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
export function withLimit(promise, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new HubError('no answer in time', null)), ms);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, limit])).finally(() => clearTimeout(timer));
}
