/**
 * The teacher's side of a lesson: what is captured, what of it is on, and what a reload must bring back.
 *
 * @typedef {'preparing' | 'teaching' | 'taken'} TeachingStage taken: another device of the teacher sends the lesson
 *
 * @typedef {object} TeachingEvents
 * @property {() => void} changed
 * @property {(source: Wire.TrackSource, trouble: import('./capture.js').CaptureTrouble) => void} trouble
 * @property {(code: string | null) => void} refused
 */

import { Capture, CaptureError } from './capture.js';
import { Publish } from './publish.js';
import { startLesson } from './start-lesson.js';
import { NOTED_EVERY, continues, noteTeaching, recallTeaching } from './teaching-memory.js';

export class Teaching {
  /** @type {TeachingStage} */
  stage = 'preparing';
  /** Whether the screen was on before a reload: only a tap can bring it back. */
  screenLost = false;
  /** @type {Set<Wire.TrackSource>} */
  on = new Set(/** @type {Wire.TrackSource[]} */ (['voice', 'camera']));

  #classroom;
  #events;
  #classId;
  /** Whether this tab was in the middle of a lesson a moment ago, and goes on with it as soon as it has its seat. */
  #resumes;
  #noting = 0;
  /** @type {Promise<void> | null} */
  #preparing = null;

  /**
   * @param {import('./classroom.js').Classroom} classroom
   * @param {string} classId
   * @param {TeachingEvents} events
   */
  constructor(classroom, classId, events) {
    this.#classroom = classroom;
    this.#events = events;
    this.#classId = classId;
    this.capture = new Capture({ devices: events.changed, ended: source => void this.#lost(source) });
    this.publish = new Publish(classroom.hub, {
      flow: events.changed,
      failed: code => {
        // Back to the button that tries again: a page that says "reconnecting" for ever would be a lie.
        this.#become('preparing');
        events.refused(code);
      },
    });
    const memory = recallTeaching(classId);
    this.#resumes = continues(memory, Date.now());
    if (memory) {
      this.on = new Set(memory.on.filter(source => source !== 'screen'));
      this.screenLost = this.#resumes && memory.on.includes('screen');
    }
  }

  /** Whether camera and microphone are being opened, which may wait for the user's permission. */
  get opening() {
    return this.#preparing !== null;
  }

  /** Opens camera and microphone as far as they are on. */
  prepare() {
    this.#preparing ??= this.#prepare().finally(() => {
      this.#preparing = null;
      this.#events.changed();
    });
    return this.#preparing;
  }

  /** Starts the lesson, continues it, or takes it over from another device: all the same to the server. */
  async start() {
    this.#become('teaching');
    for (const source of /** @type {const} */ (['voice', 'camera', 'screen'])) {
      await this.publish.setTrack(source, this.on.has(source) ? this.capture.tracks[source] : null);
    }
    const code = await startLesson(this.#classroom.hub, () => this.stage === 'teaching');
    if (code === 'not_joined') return;  // the seat is changing hands; joined() starts again
    if (code) {
      this.#become('preparing');
      this.#events.refused(code);
      return;
    }
    if (this.#classroom.hub.link === 'online') await this.publish.open();
  }

  /** @throws {import('./hub-errors.js').HubError} */
  async end() {
    await this.#classroom.hub.invoke('EndLesson');
    this.ended();
  }

  /** The lesson is over, here or by another device of the teacher. */
  ended() {
    this.publish.close();
    this.capture.close('screen');
    this.on.delete('screen');
    this.screenLost = false;
    this.#become('preparing');
  }

  /** The seat was taken by another device: lets go of everything, which may be the same camera. */
  release() {
    if (this.stage === 'teaching') this.#become('taken');
    this.publish.close();
    this.capture.closeAll();
  }

  /**
   * The seat was taken (again).
   * @param {Wire.Lesson} lesson
   * @param {boolean} sameServer
   */
  async joined(lesson, sameServer) {
    if (this.stage !== 'teaching' && !this.#resumes) return;
    if (lesson.phase === 'ended') return this.ended();
    if (this.publish.flow === 'off') {
      await this.prepare();
      await this.start();
      return;
    }
    // A server that began anew without its memory waits for the lesson to be started.
    if (lesson.phase === 'waiting') await startLesson(this.#classroom.hub, () => this.stage === 'teaching');
    this.publish.joined(sameServer);
  }

  /** Takes the lesson over from the device that has it; the seat comes next. */
  takeOver() {
    if (this.stage === 'taken') this.#become('teaching');
  }

  /**
   * Switches a source on or off.
   * @param {Wire.TrackSource} source
   */
  async toggle(source) {
    if (this.on.has(source)) {
      this.on.delete(source);
      this.#events.changed();
      await this.#send(source, null);
      // The camera's light goes out; the microphone stays open so that it is back at once.
      if (source !== 'voice') this.capture.close(source);
    } else {
      await this.#switchOn(source);
    }
    if (source === 'screen') this.screenLost = false;
    this.#remember();
    this.#events.changed();
  }

  /**
   * Takes another device for a source that is on; what is off stays off.
   * @param {import('./capture.js').DeviceKind} kind
   * @param {string} id
   */
  async choose(kind, id) {
    const source = kind === 'camera' ? 'camera' : 'voice';
    if (this.on.has(source)) {
      try {
        await this.capture.choose(kind, id);
      } catch (failure) {
        this.#events.trouble(source, failure instanceof CaptureError ? failure.trouble : 'failed');
      }
      if (!this.capture.tracks[source]) this.on.delete(source);
    } else {
      this.capture.prefer(kind, id);
    }
    // Off, or switched off while the device was opening: the next switch-on opens the chosen one.
    if (!this.on.has(source)) this.capture.close(source);
    await this.#send(source, this.capture.tracks[source]);
    this.#remember();
    this.#events.changed();
  }

  async #prepare() {
    const troubles = await this.capture.open([...this.on]);
    for (const [source, trouble] of Object.entries(troubles)) {
      this.on.delete(/** @type {Wire.TrackSource} */ (source));
      this.#events.trouble(/** @type {Wire.TrackSource} */ (source), trouble);
    }
    // While the browser was asking, the teacher may have gone on: started, switched off, given the seat away.
    if (this.stage === 'taken') return this.capture.closeAll();
    if (!this.on.has('camera')) this.capture.close('camera');
    for (const source of this.on) await this.#send(source, this.capture.tracks[source]);
  }

  /** @param {Wire.TrackSource} source */
  async #switchOn(source) {
    if (source === 'screen') {
      try {
        await this.capture.shareScreen();
      } catch (failure) {
        // Closing the browser's question is an answer, not a trouble.
        const trouble = failure instanceof CaptureError ? failure.trouble : 'failed';
        if (trouble !== 'denied') this.#events.trouble(source, trouble);
        return;
      }
    } else {
      const trouble = (await this.capture.open([source]))[source];
      if (trouble) return this.#events.trouble(source, trouble);
    }
    this.on.add(source);
    await this.#send(source, this.capture.tracks[source]);
  }

  /**
   * @param {Wire.TrackSource} source
   * @param {MediaStreamTrack | null} track
   */
  async #send(source, track) {
    if (this.stage === 'teaching') await this.publish.setTrack(source, track);
  }

  /** @param {Wire.TrackSource} source */
  async #lost(source) {
    this.on.delete(source);
    await this.#send(source, null);
    if (source !== 'screen') this.#events.trouble(source, 'missing');
    this.#remember();
    this.#events.changed();
  }

  /** @param {TeachingStage} stage */
  #become(stage) {
    this.stage = stage;
    this.#resumes = false;
    clearInterval(this.#noting);
    if (stage === 'teaching') this.#noting = window.setInterval(() => this.#remember(), NOTED_EVERY);
    this.#remember();
    this.#events.changed();
  }

  #remember() {
    noteTeaching(this.#classId, { teaching: this.stage === 'teaching' || this.#resumes, on: [...this.on], at: Date.now() });
  }
}
