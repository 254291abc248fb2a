/** What interrupts: a full-page notice, a question, a passing alert, and the quiet line that screen readers hear. */

import { el, textEl } from '../dom.js';
import { say } from '../i18n.js';
import { icon } from '../icons.js';

/** @typedef {import('../i18n.js').TextKey} TextKey */

const ALERT_LASTS = 8_000;

/**
 * A notice in place of the lesson, with at most one way on.
 * @param {{ icon: import('../icons.js').IconName, title: TextKey, text: TextKey, action?: TextKey, act?: () => void }} notice
 */
export function noticeElement({ icon: name, title, text, action, act }) {
  const heading = textEl('h1', title, { id: 'notice-title', tabindex: '-1' });
  const box = el('div', { class: 'notice', role: 'alertdialog', 'aria-labelledby': 'notice-title', 'aria-describedby': 'notice-text' },
    icon(name), heading, textEl('p', text, { id: 'notice-text' }));
  if (action && act) {
    const button = textEl('button', action, { type: 'button', class: 'primary', id: 'notice-action' });
    button.addEventListener('click', act);
    box.append(button);
  }
  // The page behind goes inert, and whoever was in it with a keyboard or a reader would be nowhere.
  queueMicrotask(() => heading.focus());
  return el('div', { class: 'cover', id: 'notice' }, box);
}

/**
 * Asks before something that cannot be taken back.
 * @param {{ title: TextKey, text: TextKey, yes: TextKey, no: TextKey }} question
 * @returns {Promise<boolean>}
 */
export function ask({ title, text, yes, no }) {
  const accept = textEl('button', yes, { type: 'button', class: 'danger', id: 'confirm-yes' });
  const refuse = textEl('button', no, { type: 'button', class: 'plain', id: 'confirm-no' });
  const dialog = el('dialog', { class: 'question', 'aria-labelledby': 'question-title' },
    textEl('h2', title, { id: 'question-title' }), textEl('p', text), el('div', { class: 'choices' }, refuse, accept));
  document.body.append(dialog);
  return new Promise(resolve => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    accept.addEventListener('click', () => dialog.close('yes'));
    refuse.addEventListener('click', () => dialog.close('no'));
    dialog.showModal();
    refuse.focus();
  });
}

/** Alerts that pass by themselves. */
export class Alerts {
  constructor() {
    this.element = el('div', { class: 'alerts', id: 'alerts', role: 'alert' });
  }

  /** @param {TextKey} text */
  show(text) {
    for (const child of /** @type {HTMLCollectionOf<HTMLElement>} */ (this.element.children)) {
      if (child.dataset.text === text) return;
    }
    const line = el('p', { class: 'alert', 'data-text': text }, icon('alert'), textEl('span', text));
    this.element.append(line);
    setTimeout(() => line.remove(), ALERT_LASTS);
  }
}

/** Tells screen readers what eyes see in the picture: one polite line, said when it changes. */
export class Announcer {
  constructor() {
    this.element = el('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  }

  /** @param {TextKey | null} text */
  tell(text) {
    say(this.element, text);
  }
}
