/** Cuts stills of the teacher's screen and sends them to the class: the first as soon as a screen is shared, others while somebody lives on them. */

import { el } from './dom.js';
import { SAMPLE, ScreenChanges, lumaOf } from './screen-changes.js';
import { lightEnough, stillSteps } from './still-encoding.js';

/** A still on its way for longer than this is given up; ms. */
const SEND_LIMIT = 15_000;

/** What is wrong with the still itself, so that sending it again is no use. */
const USELESS = new Set([400, 413, 415]);

/** The ticket opens nothing any more: no other still would be taken either. */
const REFUSED = new Set([401, 403]);

export class StillCutter {
  #hub;
  #classId;
  #ticket;
  #wanted = false;
  #video = el('video', { playsinline: true });
  #small = canvasOf(SAMPLE.width, SAMPLE.height);
  #large = canvasOf(1, 1);
  #changes = new ScreenChanges();
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #hasStill = false;
  #isFresh = false;
  #isRefused = false;
  #timer = 0;
  /** WebP where the browser can make it. */
  #type = 'image/webp';

  /**
   * @param {import('./hub.js').Hub} hub
   * @param {string} classId
   * @param {string} ticket
   */
  constructor(hub, classId, ticket) {
    this.#hub = hub;
    this.#classId = classId;
    this.#ticket = ticket;
    this.#video.muted = true;
    hub.listen('StillsWanted', (/** @type {boolean} */ wanted) => {
      this.#wanted = wanted;
      this.#look(0);
    });
  }

  /** Join is on its way: whether stills are wanted is told anew. */
  joining() {
    this.#wanted = false;
  }

  /**
   * @param {MediaStreamTrack | null} track the screen, while the class sees it
   * @param {boolean} hasStill whether the class has a still of it
   */
  follow(track, hasStill) {
    if (this.#hasStill && !hasStill) this.#changes.forget();
    const news = track !== this.#track || hasStill !== this.#hasStill;
    this.#hasStill = hasStill;
    if (track !== this.#track) {
      this.#track = track;
      this.#isFresh = track !== null;
      this.#changes = new ScreenChanges();
      this.#video.srcObject = track ? new MediaStream([track]) : null;
      if (track) this.#video.play().catch(() => {});
    }
    if (news) this.#look(0);
  }

  /** @param {number} ms */
  #look(ms) {
    clearTimeout(this.#timer);
    // Of another screen one is cut in any case: whoever needs one later must not see the former.
    if (!this.#track || this.#isRefused || (this.#hasStill && !this.#wanted && !this.#isFresh)) return;
    this.#timer = window.setTimeout(() => void this.#cut(), ms);
  }

  async #cut() {
    const track = this.#track;
    const { videoWidth, videoHeight } = this.#video;
    if (track && videoWidth > 0 && videoHeight > 0) {
      const sample = this.#sample();
      const now = performance.now();
      if (this.#changes.look(sample, now)) {
        const done = await this.#send(videoWidth, videoHeight);
        if (track !== this.#track) return;
        this.#isFresh &&= !done;
        if (done) this.#changes.cut(sample, now);
        else this.#changes.failed(performance.now());
      }
    }
    this.#look(this.#changes.pause);
  }

  #sample() {
    const { context } = this.#small;
    context.imageSmoothingQuality = 'medium';
    context.drawImage(this.#video, 0, 0, SAMPLE.width, SAMPLE.height);
    return lumaOf(context.getImageData(0, 0, SAMPLE.width, SAMPLE.height).data);
  }

  /**
   * @param {number} width of the screen
   * @param {number} height
   * @returns {Promise<boolean>} false when it is worth another try
   */
  async #send(width, height) {
    // One moment for all steps: what the screen shows goes on.
    const frame = await createImageBitmap(this.#video).catch(() => null);
    if (!frame) return false;
    const still = await lightEnough(stillSteps(width, height), step => this.#encode(frame, step)).finally(() => frame.close());
    if (!still) return true;
    try {
      const reply = await fetch(`${this.#hub.address}/api/classes/${this.#classId}/stills`, {
        method: 'POST',
        headers: { 'Authorization': `Bearer ${this.#ticket}`, 'Content-Type': still.type },
        body: still,
        signal: AbortSignal.timeout(SEND_LIMIT),
      });
      this.#isRefused = REFUSED.has(reply.status);
      return reply.ok || USELESS.has(reply.status);
    } catch {
      return false;
    }
  }

  /**
   * @param {ImageBitmap} frame
   * @param {import('./still-encoding.js').StillStep} step
   * @returns {Promise<Blob | null>}
   */
  async #encode(frame, { width, height, quality }) {
    const { canvas, context } = this.#large;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    context.imageSmoothingQuality = 'high';
    context.drawImage(frame, 0, 0, width, height);
    /** @type {Blob | null} */
    const still = await new Promise(resolve => canvas.toBlob(resolve, this.#type, quality));
    if (!still || still.type === this.#type) return still;
    // A browser that cannot make WebP makes PNG of it, which is far too large.
    this.#type = 'image/jpeg';
    return new Promise(resolve => canvas.toBlob(resolve, this.#type, quality));
  }
}

/**
 * @param {number} width
 * @param {number} height
 */
function canvasOf(width, height) {
  const canvas = el('canvas', { width: String(width), height: String(height) });
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: width === SAMPLE.width });
  if (!context) throw new Error('This browser draws nothing.');
  return { canvas, context };
}
