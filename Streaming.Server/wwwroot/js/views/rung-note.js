/** The line on the stage that says why there is no moving picture, and the choice behind it. */

import { megabytes } from '../data-meter.js';
import { el, textEl } from '../dom.js';
import { say, t } from '../i18n.js';
import { icon } from '../icons.js';

/** As they are offered: the most first. @type {readonly Wire.Rung[]} */
const CHOICES = ['picture', 'slides', 'sound', 'text'];

/** How long the reason stands on the picture before it makes room, and only its sign stays; ms. */
const READ_WITHIN = 8_000;

export class RungNote {
  /** @type {import('../i18n.js').TextKey | null} */
  #reason = null;
  /** @type {Map<Wire.Rung, HTMLInputElement>} */
  #choices = new Map();
  #used = 0;
  #settling = 0;

  /** @param {(highest: Wire.Rung) => void} choose */
  constructor(choose) {
    this.text = el('span', { class: 'why' });
    this.element = el('button', { type: 'button', class: 'stage-note rung-note', id: 'rung-note', hidden: true, 'aria-haspopup': 'dialog' },
      icon('gauge'), this.text);
    this.element.addEventListener('click', () => {
      this.dialog.showModal();
      this.#say();
    });
    this.why = el('p', { class: 'why' });
    this.meter = el('p', { class: 'used', id: 'data-used' });
    const close = textEl('button', 'rung.close', { type: 'button', class: 'primary' });
    this.dialog = el('dialog', { class: 'question rungs', id: 'rungs', 'aria-labelledby': 'rungs-title' },
      textEl('h2', 'rung.title', { id: 'rungs-title' }), this.why, el('div', { role: 'radiogroup', 'aria-labelledby': 'rungs-title' },
        ...CHOICES.map(rung => this.#choice(rung, choose))), this.meter, el('div', { class: 'choices' }, close));
    close.addEventListener('click', () => this.dialog.close());
    document.body.append(this.dialog);
  }

  /**
   * @param {import('../i18n.js').TextKey | null} reason
   * @param {Wire.Rung} highest
   * @param {number} used bytes
   */
  show(reason, highest, used) {
    if (reason !== this.#reason) {
      this.#reason = reason;
      this.element.hidden = reason === null;
      this.#settle(false);
      for (const element of [this.text, this.why]) say(element, reason);
      say(this.element, reason, 'aria-label');
    }
    for (const [rung, input] of this.#choices) input.checked = rung === highest;
    this.#used = used;
    if (this.dialog.open) this.#say();
  }

  /** @param {boolean} settled whether the reason has made room */
  #settle(settled) {
    clearTimeout(this.#settling);
    this.element.classList.toggle('settled', settled);
    if (!settled) this.#settling = window.setTimeout(() => this.#settle(true), READ_WITHIN);
  }

  #say() {
    say(this.meter, () => t('data.usedHere', { mb: megabytes(this.#used) }));
  }

  /**
   * @param {Wire.Rung} rung
   * @param {(highest: Wire.Rung) => void} choose
   */
  #choice(rung, choose) {
    const input = el('input', { type: 'radio', name: 'rung', value: rung, id: `rung-${rung}` });
    input.addEventListener('change', () => choose(rung));
    this.#choices.set(rung, input);
    return el('label', {}, input, el('span', {}, textEl('strong', `rung.${rung}`), textEl('small', `rung.${rung}Text`)));
  }
}
