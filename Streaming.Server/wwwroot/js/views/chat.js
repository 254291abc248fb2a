/** The chat: lines as text, the newest in sight unless the reader has scrolled up. */

import { el, iconButton, keyed, textEl } from '../dom.js';
import { timeOfDay } from '../format.js';
import { errorKey, hubErrorOf } from '../hub-errors.js';
import { say } from '../i18n.js';

/** The longest line, in UTF-16 code units. */
const MAX_LENGTH = 500;

export class Chat {
  #send;
  /** The newest line shown; null before the first showing. @type {number | null} */
  #last = null;

  /**
   * @param {string | null} me the reader's member id, to show own lines as own
   * @param {((text: string) => Promise<void>) | null} send null for those who only read
   */
  constructor(me, send) {
    this.me = me;
    this.#send = send;
    this.list = el('ol', { class: 'lines', id: 'chat-lines', role: 'log', 'aria-live': 'polite', tabindex: '0' });
    say(this.list, 'chat.title', 'aria-label');
    this.empty = textEl('p', 'chat.empty', { class: 'muted empty' });
    this.newer = el('button', { type: 'button', class: 'newer', hidden: true });
    say(this.newer, 'chat.newer');
    this.newer.addEventListener('click', () => this.#toEnd());
    this.list.addEventListener('scroll', () => {
      if (this.#atEnd()) this.newer.hidden = true;
    }, { passive: true });
    this.element = el('div', { class: 'body chat' }, this.empty, this.list, this.newer);
    if (send) this.element.append(this.#form());
  }

  /**
   * @param {readonly Wire.ChatLine[]} lines
   * @returns {number} lines that are new since the last call; what stood there before the first is not news
   */
  show(lines) {
    const last = lines.at(-1)?.id ?? 0;
    const came = last !== this.#last && last > 0;
    const atEnd = came && this.#atEnd();  // has the browser lay out the page: not for nothing
    this.empty.hidden = lines.length > 0;
    keyed(this.list, lines, line => `${line.id}`, line => this.#line(line), () => {});
    const known = this.#last ?? last;
    const fresh = lines.filter(line => line.id > known && line.member !== this.me).length;
    if (came) {
      const own = lines.at(-1)?.member === this.me;
      if (atEnd || own) this.#toEnd();
      else this.newer.hidden = false;
    }
    this.#last = last;
    return fresh;
  }

  /** Whether the lines are in sight, and not behind another tab. */
  get isVisible() {
    return this.list.offsetParent !== null;
  }

  /** The panel became visible: what was measured while it was hidden is void. */
  shown() {
    this.#toEnd();
  }

  /** @param {Wire.ChatLine} line */
  #line(line) {
    const item = el('li', { class: `line ${line.role}${line.member === this.me ? ' own' : ''}` },
      el('span', { class: 'who' },
        el('span', { class: 'name' }, line.name),
        ...(line.role === 'teacher' ? [textEl('span', 'chat.teacher', { class: 'tag' })] : []),
        el('time', { datetime: line.at }, timeOfDay(line.at))),
      // One line of a few hundred empty ones would push the talk of everybody else out of sight.
      el('span', { class: 'said' }, line.text.replace(/\n\s*\n/g, '\n\n')));
    return item;
  }

  #form() {
    const input = el('input', {
      id: 'chat-input', type: 'text', maxlength: String(MAX_LENGTH), autocomplete: 'off', enterkeyhint: 'send',
    });
    say(input, 'chat.placeholder', 'placeholder');
    say(input, 'chat.placeholder', 'aria-label');
    const hint = el('p', { class: 'hint', id: 'chat-hint', role: 'status' });
    const button = iconButton('send', 'chat.send', { class: 'icon-only primary', id: 'chat-send' }, () => {});
    button.type = 'submit';
    const form = el('form', { class: 'say' }, hint, input, button);
    form.addEventListener('submit', event => {
      event.preventDefault();
      void this.#say(input, hint);
    });
    return form;
  }

  /**
   * @param {HTMLInputElement} input
   * @param {HTMLElement} hint
   */
  async #say(input, hint) {
    const text = input.value.trim();
    if (!text) return;
    input.value = '';
    say(hint, null);
    try {
      await this.#send?.(text);
    } catch (failure) {
      // What was typed is not lost, nor is what has been typed since.
      input.value = input.value ? `${text} ${input.value}` : text;
      say(hint, errorKey(hubErrorOf(failure).code));
    }
  }

  #atEnd() {
    return this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 40;
  }

  #toEnd() {
    this.newer.hidden = true;
    this.list.scrollTop = this.list.scrollHeight;
  }
}
