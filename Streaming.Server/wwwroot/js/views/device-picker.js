/** Chooses camera and microphone, and shows how loud the microphone is. */

import { el, textEl } from '../dom.js';
import { t } from '../i18n.js';

/** @typedef {import('../capture.js').DeviceKind} DeviceKind */

export class DevicePicker {
  #capture;
  #drawn = '';

  /**
   * @param {import('../capture.js').Capture} capture
   * @param {(kind: DeviceKind, id: string) => void} choose
   */
  constructor(capture, choose) {
    this.#capture = capture;
    this.selects = {
      camera: el('select', { id: 'choose-camera' }),
      microphone: el('select', { id: 'choose-microphone' }),
    };
    for (const kind of /** @type {const} */ (['camera', 'microphone'])) {
      this.selects[kind].addEventListener('change', () => choose(kind, this.selects[kind].value));
    }
    this.level = levelBar();
    this.element = el('div', { class: 'devices', id: 'devices' },
      el('label', {}, textEl('span', 'devices.camera'), this.selects.camera),
      el('label', {}, textEl('span', 'devices.microphone'), this.selects.microphone),
      el('div', { class: 'level-line' }, textEl('span', 'devices.level', { class: 'muted' }), this.level.element));
  }

  render() {
    const { devices, chosen, tracks } = this.#capture;
    const drawn = JSON.stringify([devices, chosen, tracks.camera?.id, tracks.voice?.id, document.documentElement.lang]);
    // A list that is open on the screen must not be rebuilt under the pointer.
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    for (const kind of /** @type {const} */ (['camera', 'microphone'])) {
      const open = (kind === 'camera' ? tracks.camera : tracks.voice)?.getSettings().deviceId ?? chosen[kind];
      const options = devices[kind].map((device, index) => {
        const option = el('option', { value: device.deviceId }, device.label || t(`devices.${kind}N`, { n: index + 1 }));
        option.selected = device.deviceId === open;
        return option;
      });
      if (options.length === 0) options.push(el('option', { value: '' }, t('devices.none')));
      this.selects[kind].replaceChildren(...options);
      this.selects[kind].disabled = devices[kind].length === 0;
    }
  }
}

/** A bar that grows with the loudness. */
export function levelBar() {
  const fill = el('span', { class: 'fill' });
  const element = el('span', { class: 'level', 'aria-hidden': 'true' }, fill);
  return {
    element,
    /** @param {number} level 0 to 1 */
    show(level) {
      fill.style.transform = `scaleX(${level.toFixed(2)})`;
    },
  };
}
