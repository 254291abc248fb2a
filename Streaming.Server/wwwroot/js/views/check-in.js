/** "Are you there?" at the teacher's and the inspector's: asking, how it goes, and what came of it until it is put away. */

import { leftOf } from '../answering.js';
import { el, iconButton, keyed, textEl } from '../dom.js';
import { elapsed } from '../format.js';
import { say, t } from '../i18n.js';
import { icon } from '../icons.js';
import { tally } from '../presence.js';

const WINDOWS = /** @type {const} */ ([30, 60, 120]);
const USUAL = 60;

/** Who is named, in this order: those who can still answer, the network's matter, and those who did not. */
const GROUPS = /** @type {const} */ (['waiting', 'unreached', 'missed']);

export class CheckIn {
  #acts;
  #shown = 0;
  /** The result that was put away. */
  #done = 0;
  /** Who was asked may have left since. @type {Map<string, string>} */
  #names = new Map();

  /** @param {{ ask: (seconds: number) => Promise<void>, close: () => Promise<void> } | null} acts null for those who only look */
  constructor(acts) {
    this.#acts = acts;
    this.window = el('select', { id: 'check-in-window' }, ...WINDOWS.map(seconds =>
      textEl('option', () => seconds < 60 ? t('checkin.seconds', { n: seconds }) : t('checkin.minutes', { n: seconds / 60 }),
        { value: String(seconds), selected: seconds === USUAL })));
    say(this.window, 'checkin.window', 'aria-label');
    this.ask = iconButton('check', 'checkin.ask', { id: 'check-in-ask', class: 'plain' },
      () => void this.#act(this.ask, () => acts?.ask(Number(this.window.value))));
    this.asking = el('div', { class: 'asking' }, this.ask, this.window);
    this.close = textEl('button', 'checkin.close', { type: 'button', id: 'check-in-close' });
    this.close.addEventListener('click', () => void this.#act(this.close, () => acts?.close()));
    this.done = textEl('button', 'checkin.done', { type: 'button', id: 'check-in-done' });
    this.done.addEventListener('click', () => {
      this.#done = this.#shown;
      this.result.hidden = true;
      this.asking.hidden = this.#acts === null;
    });
    this.count = el('strong', { id: 'check-in-count' });
    this.left = el('span', { class: 'left', role: 'timer' });
    this.bar = el('span', { class: 'bar-fill' });
    this.groups = GROUPS.map(state => new Group(state));
    this.result = el('div', { class: 'result', hidden: true },
      el('div', { class: 'head' }, this.count, this.close, this.done),
      el('div', { class: 'course' }, el('span', { class: 'progress', 'aria-hidden': 'true' }, this.bar), this.left),
      el('div', { class: 'groups' }, ...this.groups.map(group => group.element)));
    // One word at the beginning and one at the end; the counting is for the eyes.
    this.spoken = el('p', { class: 'unseen', role: 'status' });
    this.element = el('section', { class: 'check-in', id: 'check-in' }, this.asking, this.result, this.spoken);
    say(this.element, 'checkin.title', 'aria-label');
  }

  /**
   * @param {import('../classroom-state.js').ClassroomState} state
   * @param {import('../oversight.js').Oversight} oversight
   * @param {boolean} online
   */
  show(state, oversight, online) {
    for (const { member, name } of state.seats) this.#names.set(member, name);
    for (const { member, name } of oversight.presence.values()) this.#names.set(member, name);
    const { checkIn } = state;
    const shown = checkIn !== null && (checkIn.isOpen || this.#done !== checkIn.id);
    this.result.hidden = !shown;
    this.asking.hidden = shown || this.#acts === null;
    this.element.hidden = this.result.hidden && this.asking.hidden;
    this.ask.disabled = this.close.disabled = !online;
    if (!shown) {
      if (state.lesson.phase !== 'live') this.ask.disabled = true;
      return;
    }
    this.#shown = checkIn.id;
    this.#draw(checkIn, tally(oversight.progress, checkIn));
  }

  /**
   * @param {Wire.CheckIn} checkIn
   * @param {ReturnType<typeof tally>} found
   */
  #draw(checkIn, found) {
    const answered = found.answered.length;
    this.result.dataset.open = String(checkIn.isOpen);
    this.close.hidden = !checkIn.isOpen || this.#acts === null;
    this.done.hidden = checkIn.isOpen;
    const left = Math.max(0, Date.parse(checkIn.askedAt) + checkIn.seconds * 1000 - Date.now());
    const running = checkIn.isOpen && left > 0;
    const count = () => t(!running && found.asked > 0 && answered === found.asked ? 'checkin.all' : 'checkin.answered', { n: answered, all: found.asked });
    say(this.count, count);
    // Whoever had no connection for a while has the time of that while on top.
    say(this.left, !checkIn.isOpen ? null : left > 0 ? () => elapsed(Math.min(left, leftOf(checkIn, Date.now()))) : 'checkin.stillOpen');
    this.left.dataset.up = String(checkIn.isOpen && left === 0);
    this.bar.style.width = `${found.asked > 0 ? 100 * answered / found.asked : 0}%`;
    for (const group of this.groups) group.show(found[group.state], this.#names);
    say(this.spoken, checkIn.isOpen ? 'checkin.opened' : count);
  }

  /**
   * @param {HTMLButtonElement} button
   * @param {() => Promise<void> | undefined} act
   */
  async #act(button, act) {
    button.disabled = true;
    await act();
    button.disabled = false;
  }
}

/** The students of one state, by name. */
class Group {
  /** @param {(typeof GROUPS)[number]} state */
  constructor(state) {
    this.state = state;
    this.number = el('span', { class: 'badge-count' });
    this.list = el('ul', { class: 'names' });
    this.element = el('section', { class: 'group', 'data-state': state, hidden: true },
      el('h3', {}, icon(state === 'unreached' ? 'link' : state === 'missed' ? 'alert' : 'wait'), textEl('span', `checkin.${state}`), this.number), this.list);
  }

  /**
   * @param {readonly string[]} members
   * @param {ReadonlyMap<string, string>} names
   */
  show(members, names) {
    this.element.hidden = members.length === 0;
    this.number.textContent = String(members.length);
    keyed(this.list, members, member => member, member => el('li', {}, names.get(member) ?? member), () => {});
  }
}
