/** The line on top: where the lesson stands, how long it has run, who is here, language, the way out. */

import { lessonFace, students } from '../classroom-state.js';
import { el, iconButton, textEl } from '../dom.js';
import { elapsed } from '../format.js';
import { say, t, tn } from '../i18n.js';
import { icon } from '../icons.js';
import { languageSwitch } from './language.js';

/** @typedef {import('../classroom-state.js').ClassroomState} ClassroomState */

export class Top {
  #startedAt = NaN;
  #endedAt = NaN;
  #present = 0;

  /**
   * @param {string} classId
   * @param {() => void} [leave] without it there is no way out but the window's
   */
  constructor(classId, leave) {
    this.badge = el('span', { class: 'badge', id: 'lesson-phase' });
    this.clock = el('span', { class: 'clock', id: 'elapsed' });
    this.link = el('span', { class: 'link-note', id: 'link-note', hidden: true }, icon('link'), textEl('span', 'link.reconnecting', { class: 'label' }));
    this.number = el('span', { class: 'number', id: 'present-count' }, '0');
    this.count = el('span', { class: 'count' }, icon('people'), this.number);
    // An image with a name: screen readers say "12 students are here" and not a bare number.
    this.count.setAttribute('role', 'img');
    say(this.count, () => tn('top.students', this.#present), 'aria-label');
    say(this.count, () => tn('top.students', this.#present), 'title');
    this.element = el('header', { class: 'top' },
      this.badge,
      textEl('h1', () => t('top.class', { id: classId }), { class: 'title' }),
      this.clock,
      el('span', { class: 'grow' }),
      this.link,
      this.count,
      languageSwitch(),
      ...(leave ? [iconButton('leave', 'top.leave', { class: 'quiet icon-only', id: 'leave' }, leave)] : []));
  }

  /**
   * @param {ClassroomState} state
   * @param {import('../hub.js').HubLink} link
   */
  show(state, link) {
    const face = lessonFace(state);
    this.badge.dataset.phase = state.lesson.phase;
    say(this.badge, face === 'waiting' ? 'phase.waiting' : face === 'ended' ? 'phase.ended' : 'phase.live');
    this.#startedAt = Date.parse(state.lesson.startedAt ?? '');
    this.#endedAt = state.lesson.phase === 'ended' ? Date.parse(state.lesson.endedAt ?? '') : NaN;
    this.#present = students(state).length;
    this.number.textContent = String(this.#present);
    say(this.count, () => tn('top.students', this.#present), 'aria-label');
    this.link.hidden = link !== 'reconnecting' && link !== 'connecting';
    this.tick();
  }

  /** Shows the time; once a second. */
  tick() {
    const until = Number.isNaN(this.#endedAt) ? Date.now() : this.#endedAt;
    this.clock.textContent = Number.isNaN(this.#startedAt) ? '' : elapsed(until - this.#startedAt);
  }
}
