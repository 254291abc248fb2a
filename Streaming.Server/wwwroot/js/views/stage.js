/**
 * The picture: a screen with the camera as inset, or the camera alone, or a card that says why there is none.
 * Sound has its own element, so that it plays without any picture.
 *
 * @typedef {object} Card
 * @property {import('../icons.js').IconName} icon
 * @property {import('../i18n.js').TextKey} title
 * @property {import('../i18n.js').TextKey | (() => string)} text
 *
 * @typedef {'opening' | 'stalled' | 'starved' | 'starting' | 'upstream' | null} Veil the last two are the teacher's
 */

import { layoutOf } from '../classroom-state.js';
import { el, iconButton, textEl } from '../dom.js';
import { say } from '../i18n.js';
import { icon } from '../icons.js';

const VEILS = /** @type {const} */ ({
  opening: ['veil.opening', 'veil.openingText'],
  stalled: ['veil.stalled', 'veil.stalledText'],
  starved: ['veil.starved', 'veil.starvedText'],
  starting: ['veil.starting', 'veil.startingText'],
  upstream: ['veil.upstream', 'veil.upstreamText'],
});

export class Stage {
  /** What is sent. @type {readonly Wire.TrackSource[]} */
  #sources = [];
  /** Whether the class has said what is sent; a frame from before that is the picture of now. */
  #followed = false;
  /** @type {Veil} */
  #veil = null;
  #cardSaid = '';

  constructor() {
    const parts = takeEmptyStage() ?? emptyStage();
    this.screen = parts.screen;
    this.camera = parts.camera;
    this.voice = parts.voice;
    this.card = el('div', { class: 'card', hidden: true });
    this.veil = el('div', { class: 'veil', hidden: true }, el('span', { class: 'spinner' }), el('strong'), el('p'));
    this.tap = iconButton('sound', 'stage.tapToHear', { class: 'tap primary', id: 'tap-to-hear', hidden: true }, () => {});
    this.element = parts.stage;
    // Said aloud when it appears: without it there is no sound.
    this.element.append(this.card, this.veil, el('div', { role: 'alert' }, this.tap));
    this.camera.addEventListener('click', () => this.#moveInset());
    this.camera.addEventListener('keydown', event => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      this.#moveInset();
    });
  }

  /**
   * Attaches tracks as soon as they exist; pictures show with their first frame.
   * @param {Partial<Record<Wire.TrackSource, MediaStreamTrack | null>>} tracks
   */
  attach(tracks) {
    attach(this.screen, tracks.screen);
    attach(this.camera, tracks.camera);
    attach(this.voice, tracks.voice);
    void this.play();
  }

  /** Plays; when the browser wants a tap first, asks for one. */
  async play() {
    for (const video of [this.screen, this.camera]) if (video.srcObject) video.play().catch(() => {});
    if (!this.voice.srcObject) return;
    try {
      await this.voice.play();
      this.#askForTap(false);
    } catch (failure) {
      // Anything else (a track replaced while starting) is no reason to ask for a tap.
      if (!(failure instanceof DOMException) || failure.name !== 'NotAllowedError') return;
      this.#askForTap(true);
      // Whatever is tapped first will do.
      addEventListener('click', () => void this.play(), { once: true });
    }
  }

  /** @param {boolean} asks */
  #askForTap(asks) {
    this.tap.hidden = !asks;
    this.element.classList.toggle('asks-tap', asks);
  }

  /** Whether no sound can be heard here: the browser waits for a tap, or the user has turned it off. */
  get isSilent() {
    const { srcObject, paused, muted, volume } = this.voice;
    return srcObject !== null && (paused || muted || volume === 0);
  }

  /** @param {readonly Wire.TrackSource[]} sources */
  show(sources) {
    const came = this.#followed ? sources.filter(source => !this.#sources.includes(source)) : [];
    this.#followed = true;
    this.#sources = sources;
    this.element.dataset.layout = layoutOf(sources);
    // As an inset it covers a corner of the screen, and can be moved to another.
    if (this.element.dataset.layout === 'both') this.camera.tabIndex = 0;
    else this.camera.removeAttribute('tabindex');
    // The last frame of an hour ago must not be taken for the picture of now.
    if (came.includes('screen')) awaitFrame(this.screen);
    if (came.includes('camera')) awaitFrame(this.camera);
  }

  /** Whether the large picture has yet to show its first frame. */
  get isBlank() {
    const large = this.#sources.includes('screen') ? this.screen : this.#sources.includes('camera') ? this.camera : null;
    return large?.dataset.frames === 'none';
  }

  /** Whether any picture shows. */
  get isPlaying() {
    return [this.screen, this.camera].some(video => video.dataset.frames === 'some');
  }

  /** @param {Card | null} card */
  showCard(card) {
    this.card.hidden = card === null;
    const said = card ? card.title + card.icon : '';
    if (card && said !== this.#cardSaid) {
      const text = textEl('p', card.text);
      this.card.replaceChildren(icon(card.icon), textEl('strong', card.title), text);
    }
    this.#cardSaid = said;
  }

  /** @param {Veil} veil */
  showVeil(veil) {
    if (veil === this.#veil) return;
    this.#veil = veil;
    this.veil.hidden = veil === null;
    this.element.classList.toggle('dimmed', veil !== null && veil !== 'opening');
    if (!veil) return;
    const [title, text] = VEILS[veil];
    const [, strong, p] = this.veil.children;
    if (strong && p) {
      say(strong, title);
      say(p, text);
    }
  }

  /** The inset goes to the next corner: whatever it covers can be uncovered. */
  #moveInset() {
    if (this.element.dataset.layout !== 'both') return;
    const corner = (Number(this.element.dataset.corner ?? 0) + 1) % 4;
    this.element.dataset.corner = String(corner);
  }
}

/** @typedef {{ stage: HTMLElement, screen: HTMLVideoElement, camera: HTMLVideoElement, voice: HTMLAudioElement }} StageParts */

/** The stage of the page's HTML, in which the lesson may play already; null when another has taken it. @returns {StageParts | null} */
function takeEmptyStage() {
  const stage = /** @type {HTMLElement | null} */ (document.querySelector('.stage[data-empty]'));
  const [screen, camera] = stage?.querySelectorAll('video') ?? [];
  const voice = stage?.querySelector('audio');
  if (!stage || !screen || !camera || !voice) return null;
  delete stage.dataset.empty;
  stage.hidden = screen.hidden = camera.hidden = false;
  stage.querySelector('.note')?.remove();
  return named({ stage, screen, camera, voice });
}

/** @returns {StageParts} */
function emptyStage() {
  const [screen, camera] = [picture('screen'), picture('camera')];
  const voice = el('audio', { class: 'voice', autoplay: true });
  const stage = el('section', { class: 'stage', id: 'stage', 'data-layout': 'none' }, screen, camera, voice);
  return named({ stage, screen, camera, voice });
}

/** @param {StageParts} parts */
function named(parts) {
  say(parts.stage, 'stage.label', 'aria-label');
  say(parts.screen, 'stage.screen', 'aria-label');
  say(parts.camera, 'stage.camera', 'aria-label');
  return parts;
}

/** @param {'screen' | 'camera'} source */
function picture(source) {
  const video = el('video', { class: `picture ${source}`, autoplay: true, playsinline: true, disableremoteplayback: true });
  video.muted = true;
  video.dataset.frames = 'none';
  return video;
}

/**
 * @param {HTMLMediaElement} element
 * @param {MediaStreamTrack | null | undefined} track
 */
function attach(element, track) {
  if (track === undefined) return;
  const present = element.srcObject instanceof MediaStream ? element.srcObject.getTracks()[0] : null;
  if ((present ?? null) === track) return;
  element.srcObject = track ? new MediaStream([track]) : null;
  if (element instanceof HTMLVideoElement) awaitFrame(element);
}

/** Marks the picture as frameless until a frame is shown. @param {HTMLVideoElement} video */
function awaitFrame(video) {
  video.dataset.frames = 'none';
  const shown = () => { video.dataset.frames = 'some'; };
  if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(shown);
  else /** @type {HTMLVideoElement} */ (video).addEventListener('timeupdate', shown, { once: true });
}
