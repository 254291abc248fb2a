/**
 * Sends the lesson: one peer connection with three fixed slots; what is on changes by replacing tracks.
 *
 * @typedef {'off' | 'opening' | 'sending' | 'interrupted'} PublishFlow
 *
 * @typedef {object} PublishEvents
 * @property {(flow: PublishFlow) => void} flow
 * @property {(code: string) => void} failed the lesson cannot be sent from here; the connection is closed
 */

import { addSlot, settle } from './encodings.js';
import { hubErrorOf } from './hub-errors.js';

const SLOTS = /** @type {const} */ (['voice', 'camera', 'screen']);

/** How long an interrupted connection may take to come back by itself; ms. */
const INTERRUPTED_LIMIT = 5_000;

/** Refusals that no further try turns into a yes. */
const FINAL = new Set(['teacher_only', 'teacher_present', 'inspector_is_silent', 'sdp_invalid', 'sdp_too_large', 'no_common_codec']);

export class Publish {
  /** @type {PublishFlow} */
  flow = 'off';

  #hub;
  #events;
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {string | null} */
  #session = null;
  /** @type {Record<Wire.TrackSource, MediaStreamTrack | null>} */
  #tracks = { voice: null, camera: null, screen: null };
  /** The largest layer of each source that somebody wants. @type {Record<Wire.TrackSource, number>} */
  #topLayers = { voice: Infinity, camera: Infinity, screen: Infinity };
  /** Settings of senders follow one another: each needs to know the one before. */
  #settled = Promise.resolve();
  /** What was told last, to which session, in which stay in the class. */
  #told = '';
  #round = 0;
  #telling = false;
  #patience = 0;

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {PublishEvents} events
   */
  constructor(hub, events) {
    this.#hub = hub;
    this.#events = events;
    hub.listen('LayersWanted', (/** @type {Wire.LayersWanted} */ { session, top }) => {
      if (session !== this.#session) return;
      this.#topLayers.camera = top;
      void this.#settle();
    });
  }

  get peerConnection() {
    return this.#pc;
  }

  /** What is sent, in the order of the slots. @returns {Wire.TrackSource[]} */
  get sources() {
    return SLOTS.filter(source => this.#tracks[source]);
  }

  /**
   * Puts a track into its slot, or takes it out. Works before, during and between connections, and does not wait for the class
   * to be told.
   * @param {Wire.TrackSource} source
   * @param {MediaStreamTrack | null} track
   */
  async setTrack(source, track) {
    this.#tracks[source] = track;
    const sender = this.#pc?.getTransceivers()[SLOTS.indexOf(source)]?.sender;
    // A connection that was closed meanwhile takes no track; the next one begins with it.
    await sender?.replaceTrack(track).catch(() => {});
    void this.#settle();  // another camera may have another picture
    void this.#tellSources();
  }

  /** Opens the connection; a former one is replaced. */
  async open() {
    this.#drop();
    this.#become(this.flow === 'off' ? 'opening' : this.flow);
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers: this.#hub.iceServers });
    this.#pc = pc;
    this.#topLayers.camera = Infinity;   // of a new session everything is wanted until it is told
    pc.onconnectionstatechange = () => this.#connectionChanged(pc);
    try {
      for (const source of SLOTS) addSlot(pc, source, this.#tracks[source], this.#topLayers[source]);
      await pc.setLocalDescription();
      // Two offers that cross would leave the server with the older one.
      if (pc !== this.#pc) return;
      const answer = await this.#hub.invoke('Publish', { sdp: pc.localDescription?.sdp ?? '' });
      if (pc !== this.#pc) return;
      this.#session = answer.session;
      await pc.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
      await this.#settle();
      await this.#tellSources();
    } catch (failure) {
      if (pc !== this.#pc) return;
      const { code } = hubErrorOf(failure);
      if (code && FINAL.has(code)) {
        this.close();
        this.#events.failed(code);
        return;
      }
      this.#become('interrupted');
      // A call lost with its connection is made again by joined(), which comes before this or makes it void.
      this.#later(pc, code === 'busy' || code === 'not_joined' ? 1_000 : 3_000);
    }
  }

  close() {
    this.#drop();
    this.#become('off');
  }

  /**
   * The seat was taken (again) while the lesson is to be sent.
   * @param {boolean} sameServer
   */
  joined(sameServer) {
    this.#round++;
    if (sameServer && this.#session && this.#pc?.connectionState === 'connected') void this.#tellSources();
    else void this.open();
  }

  /** @param {string} session */
  mediaClosed(session) {
    if (session !== this.#session || !this.#pc) return;
    // The end of a lesson closes the session too, and the news of the end comes right behind.
    this.#session = null;
    this.#later(this.#pc, 500, () => this.#session === null);
  }

  /** @param {RTCPeerConnection} pc */
  #connectionChanged(pc) {
    if (pc !== this.#pc) return;
    clearTimeout(this.#patience);
    if (pc.connectionState === 'connected') {
      this.#become('sending');
    } else if (pc.connectionState === 'disconnected' || pc.connectionState === 'failed') {
      this.#become('interrupted');
      this.#later(pc, pc.connectionState === 'failed' ? 500 : INTERRUPTED_LIMIT);
    }
  }

  /**
   * Opens again after a while, unless it has come right by itself.
   * @param {RTCPeerConnection} pc
   * @param {number} ms
   * @param {() => boolean} wrong
   */
  #later(pc, ms, wrong = () => pc.connectionState !== 'connected') {
    clearTimeout(this.#patience);
    this.#patience = window.setTimeout(() => {
      if (pc === this.#pc && wrong() && this.#hub.link === 'online') void this.open();
    }, ms);
  }

  /** Lets the senders do what is wanted now. */
  #settle() {
    this.#settled = this.#settled.then(async () => {
      for (const [index, source] of SLOTS.entries()) {
        const sender = this.#pc?.getTransceivers()[index]?.sender;
        if (sender) await settle(sender, source, this.#topLayers[source]);
      }
    });
    return this.#settled;
  }

  /** Tells the class what is on: one call at a time, until the last wish is told to the present session. */
  async #tellSources() {
    if (this.#telling) return;
    this.#telling = true;
    while (this.#session) {
      const [session, round, wish] = [this.#session, this.#round, this.sources];
      const told = [session, round, ...wish].join();
      if (told === this.#told) break;
      try {
        await this.#hub.invoke('SetSources', wish);
        this.#told = told;
      } catch (failure) {
        // Refused on a connection or session of before: the present one has yet to be told.
        if (session !== this.#session || round !== this.#round) continue;
        // A session that the server no longer has needs another one, which tells anew; what is lost is told by joined().
        if (hubErrorOf(failure).code === 'session_not_found') void this.open();
        else if (this.#pc && hubErrorOf(failure).code) setTimeout(() => void this.#tellSources(), 3_000);
        break;
      }
    }
    this.#telling = false;
  }

  #drop() {
    clearTimeout(this.#patience);
    this.#pc?.close();
    this.#pc = null;
    this.#session = null;
  }

  /** @param {PublishFlow} flow */
  #become(flow) {
    if (flow === this.flow) return;
    this.flow = flow;
    this.#events.flow(flow);
  }
}
