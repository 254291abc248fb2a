/** "Are you there?" at a student's: below the picture and not in front of it, one tap, gone when answered or over. */

import { Answering, nameOf } from '../answering.js';
import { el, textEl } from '../dom.js';
import { errorKey, hubErrorOf } from '../hub-errors.js';
import { say, t } from '../i18n.js';
import { icon } from '../icons.js';
import { recall, store } from '../tab-memory.js';

const ANSWERED = 'streaming.answered';

/** Refusals after which no answer is taken any more. */
const OVER = new Set(['check_in_closed', 'lesson_not_live', 'bad_request']);

/** An answer that was refused for a passing reason is given again after this; ms. */
const AGAIN_AFTER = 2_000;

/** A lost call is soon known to be a lost connection; ms. */
const LOST_AFTER = 300;

export class Here {
  #context;
  #answering = new Answering(recall(ANSWERED) ?? '');
  #calling = false;
  /** @type {import('../answering.js').Asked | 'offline'} */
  #shown = 'none';

  /** @param {Page.Context} context */
  constructor(context) {
    this.#context = context;
    this.title = el('strong');
    this.text = el('p');
    this.left = el('span', { class: 'left', role: 'timer' });
    this.button = el('button', { type: 'button', class: 'primary', id: 'here-yes', hidden: true }, icon('hand'), textEl('span', 'here.yes'));
    this.button.addEventListener('click', () => this.#answer());
    this.words = el('div', { class: 'words', hidden: true }, this.title, this.text);
    // Said aloud when the words appear in it.
    this.element = el('div', { class: 'here', id: 'here', 'data-state': 'none' }, el('div', { class: 'aloud', role: 'alert' }, this.words), this.left, this.button);
  }

  /**
   * @param {Wire.CheckIn | null} checkIn
   * @param {boolean} stalled whether the lesson stands still on this device
   */
  show(checkIn, stalled) {
    const online = this.#context.classroom.hub.link === 'online';
    const unheard = this.#answering.state === 'sending';
    this.#answering.follow(checkIn, online && !stalled, Date.now());
    if (unheard && this.#answering.state === 'none') this.#context.alert('error.check_in_closed');
    const { state, left } = this.#answering;
    if (state === 'sending' && online && checkIn && !this.#calling) void this.#send(checkIn);
    this.#draw(state === 'sending' && !online ? 'offline' : state);
    say(this.left, state === 'asked' && left > 0 ? () => t('here.left', { n: Math.ceil(left / 1000) }) : null);
  }

  #answer() {
    this.#answering.answer();
    this.#context.changed();
  }

  /** @param {Wire.CheckIn} checkIn */
  async #send(checkIn) {
    const { classroom, alert, changed } = this.#context;
    this.#calling = true;
    try {
      await classroom.hub.invoke('AnswerCheckIn', checkIn.id);
      this.#answering.settled(checkIn, true);
      store(ANSWERED, nameOf(checkIn));
    } catch (failure) {
      const { code } = hubErrorOf(failure);
      if (code && OVER.has(code)) {
        this.#answering.settled(checkIn, false);
        alert(errorKey(code));
      } else {
        // What was not heard is said again: when the connection is back, or after a moment.
        await new Promise(resolve => setTimeout(resolve, code ? AGAIN_AFTER : LOST_AFTER));
      }
    }
    this.#calling = false;
    changed();
  }

  /** @param {import('../answering.js').Asked | 'offline'} what */
  #draw(what) {
    if (what === this.#shown) return;
    this.#shown = what;
    this.element.dataset.state = what;
    this.words.hidden = what === 'none';
    this.button.hidden = what === 'none' || what === 'thanked';
    this.button.disabled = what === 'sending' || what === 'offline';
    if (what === 'none') return;
    say(this.title, what === 'thanked' ? 'here.thanks' : 'here.ask');
    say(this.text, what === 'thanked' ? null : what === 'offline' ? 'here.offline' : 'here.text');
    // Whoever is nowhere on the page with the keyboard is here at once; whoever is writing is not torn away.
    if (what === 'asked' && document.activeElement === document.body) this.button.focus({ preventScroll: true });
  }
}
