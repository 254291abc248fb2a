/** The teacher's controls: what is on, which devices, start and end. */

import { el, iconButton, relabel } from '../dom.js';
import { say } from '../i18n.js';
import { levelBar } from './device-picker.js';

const TOGGLES = /** @type {const} */ ({
  voice: { id: 'toggle-microphone', on: 'mic', off: 'micOff', text: 'bar.microphone' },
  camera: { id: 'toggle-camera', on: 'camera', off: 'cameraOff', text: 'bar.camera' },
  screen: { id: 'toggle-screen', on: 'screenOff', off: 'screen', text: 'bar.screen' },
});

export class TeacherBar {
  #teaching;
  #devices;
  /** Whether the teacher has opened or closed the devices; null leaves it to the stage. @type {boolean | null} */
  #devicesShown = null;

  /**
   * @param {import('../teaching.js').Teaching} teaching
   * @param {{ start: () => void, end: () => void, devices: (shown: boolean) => void }} acts
   */
  constructor(teaching, acts) {
    this.#teaching = teaching;
    this.#devices = acts.devices;
    const toggle = (/** @type {Wire.TrackSource} */ source) => iconButton(TOGGLES[source].on, TOGGLES[source].text,
      { id: TOGGLES[source].id, class: 'toggle' }, () => void this.#toggle(source));
    this.toggles = { voice: toggle('voice'), camera: toggle('camera'), screen: toggle('screen') };
    this.level = levelBar();
    this.toggles.voice.append(this.level.element);
    this.gear = iconButton('gear', 'bar.devices', { id: 'toggle-devices', class: 'toggle quiet-toggle', 'aria-controls': 'devices' }, () => {
      this.#devicesShown = this.gear.getAttribute('aria-expanded') !== 'true';
      this.#showDevices();
    });
    this.start = iconButton('book', 'teacher.start', { id: 'start-lesson', class: 'primary big' }, acts.start);
    this.end = iconButton('end', 'teacher.end', { id: 'end-lesson', class: 'danger big' }, acts.end);
    this.element = el('div', { class: 'bar', role: 'toolbar' },
      this.toggles.voice, this.toggles.camera, this.toggles.screen, this.gear, el('span', { class: 'grow' }), this.start, this.end);
    say(this.element, 'bar.label', 'aria-label');
  }

  /**
   * @param {Wire.LessonPhase | null} phase null before the first word from the server
   * @param {boolean} online
   */
  render(phase, online) {
    const { on, stage, capture } = this.#teaching;
    const teaching = stage === 'teaching';
    for (const source of /** @type {const} */ (['voice', 'camera', 'screen'])) {
      const button = this.toggles[source];
      const active = on.has(source) && capture.tracks[source] !== null;
      button.setAttribute('aria-pressed', String(active));
      relabel(button, active ? TOGGLES[source].on : TOGGLES[source].off, active && source === 'screen' ? 'bar.screenStop' : TOGGLES[source].text);
    }
    // Nobody hears that they are not heard: a lesson without sound stays marked.
    this.toggles.voice.dataset.missed = String(teaching && this.toggles.voice.getAttribute('aria-pressed') === 'false');
    this.toggles.screen.hidden = !capture.canShareScreen || !teaching;
    this.start.hidden = teaching;
    this.end.hidden = !teaching;
    this.start.disabled = !online;
    this.end.disabled = !online;
    relabel(this.start, 'book', phase === 'live' ? 'teacher.takeOver' : phase === 'ended' ? 'teacher.startAnother' : 'teacher.start');
    this.#showDevices();
  }

  #showDevices() {
    const shown = this.#devicesShown ?? this.#teaching.stage !== 'teaching';
    this.gear.setAttribute('aria-expanded', String(shown));
    this.#devices(shown);
  }

  /** @param {Wire.TrackSource} source */
  async #toggle(source) {
    const button = this.toggles[source];
    button.disabled = true;
    try {
      await this.#teaching.toggle(source);
    } finally {
      button.disabled = false;
    }
  }
}
