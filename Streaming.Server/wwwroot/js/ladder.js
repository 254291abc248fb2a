/**
 * What a watcher has when the link is weak or data is dear: stills in place of the picture, a reason to read, a choice, a meter. Loaded
 * when the seat is taken; what came before it is in `Watching`.
 */

import { DataMeter, receivedBy } from './data-meter.js';
import { el } from './dom.js';
import { say } from './i18n.js';
import { firstHighest, reasonOf, stillsOn } from './rung.js';
import { StillFetch } from './still-fetch.js';
import { recall, store } from './tab-memory.js';
import { RungNote } from './views/rung-note.js';
import { settleDelay, VoiceDelay } from './voice-delay.js';

const HIGHEST = 'streaming.rung';
const USED = 'streaming.used.';
const METER_EVERY = 2_000;
const LISTEN_EVERY = 1_000;

/** The picture is waited for no longer than this before the still gives way; ms. */
const PICTURE_LIMIT = 5_000;

export class Ladder {
  /** The most that the user wants. @type {Wire.Rung} */
  highest = firstHighest(recall(HIGHEST), savesData());
  /** Why there is no moving picture. @type {import('./i18n.js').TextKey | null} */
  reason = null;

  #context;
  #watching;
  #image = el('img', { class: 'picture still', alt: '', draggable: 'false' });
  #stills;
  #meter;
  #delay = new VoiceDelay();
  #note;
  /** What the class was told that the user wants. @type {Wire.Rung} */
  #told = 'picture';
  /** What the stage shows; it follows the rung when there is something to show. @type {Wire.Rung} */
  #shown = 'picture';
  #waiting = 0;

  /**
   * @param {Page.Context} context
   * @param {import('./watching.js').Watching} watching
   */
  constructor(context, watching) {
    this.#context = context;
    this.#watching = watching;
    const { classroom, classId, opening } = context;
    const { stage } = watching;
    document.head.append(el('link', { rel: 'stylesheet', href: new URL('../css/ladder.css', import.meta.url).pathname }));
    say(this.#image, 'stage.screen', 'alt');
    stage.screen.after(this.#image);
    this.#meter = new DataMeter(Number(recall(USED + classId)) || 0);
    this.#stills = new StillFetch(this.#image, opening.ticket ?? '', hash => `${classroom.hub.address}/api/classes/${classId}/stills/${hash}`,
      bytes => this.#meter.add(bytes), context.changed);
    this.#note = new RungNote(highest => this.choose(highest));
    stage.element.append(this.#note.element);
    setInterval(() => void this.#measure(), METER_EVERY);
    setInterval(() => void this.#listen(), LISTEN_EVERY);
  }

  /** Whether the user wants less than there is. */
  get isSaving() {
    return this.highest !== 'picture';
  }

  /** How much the lesson has taken here; bytes. */
  get used() {
    return this.#meter.bytes;
  }

  /** Whether something of a shared screen shows. */
  get showsSlides() {
    return this.#stills.isShown || (this.#watching.stage.screen.dataset.frames === 'some' && this.#watching.stage.screen.srcObject !== null);
  }

  /** The seat was taken (again). */
  joined() {
    // A server that begins anew takes it that everything is wanted.
    if (this.highest !== 'picture' || this.#told !== 'picture') void this.#tell();
  }

  /** One tap: slides and sound, or as little as there is already; and back to as much as the link carries. */
  toggle() {
    const { rung } = this.#watching;
    this.choose(this.isSaving ? 'picture' : rung === 'picture' ? 'slides' : rung);
  }

  /** @param {Wire.Rung} highest */
  choose(highest) {
    this.highest = highest;
    store(HIGHEST, highest);
    void this.#tell();
    this.#context.changed();
  }

  /** @param {import('./classroom-state.js').ClassroomState} state */
  render(state) {
    const { rung, stage } = this.#watching;
    const live = state.lesson.phase === 'live' && state.lesson.sources.length > 0;
    const hasScreen = live && state.lesson.sources.includes('screen');
    this.reason = live ? reasonOf(rung, this.highest, hasScreen) : null;
    // Whoever wants no sound hears none that is still on its way.
    stage.voice.muted = this.highest === 'text';
    const pace = stillsOn(rung, this.highest, hasScreen);
    this.#stills.follow(hasScreen ? state.still : null, pace);
    if (!pace && rung !== 'picture') this.#stills.clear();
    this.#show(live ? rung : 'picture', hasScreen ? stage.screen : live && state.lesson.sources.includes('camera') ? stage.camera : null);
    stage.element.classList.toggle('has-still', this.#stills.isShown);
    this.#note.show(this.reason, this.highest, this.used);
  }

  /**
   * The stage follows the rung: down at once, up when the first frame is there, so that nobody looks at a frozen one meanwhile.
   * @param {Wire.Rung} rung
   * @param {HTMLVideoElement | null} large null when no picture is sent
   */
  #show(rung, large) {
    if (rung === this.#shown && !this.#waiting) return;
    if (rung !== 'picture' || !large || !('requestVideoFrameCallback' in large)) return this.#become(rung);
    if (this.#waiting) return;
    this.#waiting = window.setTimeout(() => this.#become('picture'), PICTURE_LIMIT);
    large.requestVideoFrameCallback(() => {
      if (this.#waiting) this.#become('picture');
    });
  }

  /** @param {Wire.Rung} rung */
  #become(rung) {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    this.#shown = rung;
    this.#watching.stage.element.dataset.rung = rung;
    if (rung === 'picture') this.#stills.clear();
    this.#context.changed();
  }

  async #tell() {
    const wish = this.highest;
    try {
      await this.#context.classroom.hub.invoke('LimitRung', wish);
      this.#told = wish;
    } catch {
      // What is lost with its connection is told by joined().
    }
  }

  async #listen() {
    const pc = this.#watching.watch.peerConnection;
    if (pc && this.#watching.rung !== 'text') await settleDelay(pc, this.#delay);
  }

  async #measure() {
    const pc = this.#watching.watch.peerConnection;
    if (pc) this.#meter.count(pc, await receivedBy(pc));
    store(USED + this.#context.classId, String(this.used));
  }
}

function savesData() {
  const { connection } = /** @type {{ connection?: { saveData?: boolean } }} */ (/** @type {unknown} */ (navigator));
  return connection?.saveData === true;
}
