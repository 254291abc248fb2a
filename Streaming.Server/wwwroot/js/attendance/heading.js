/** The page's head: whose attendance this is, what one can do with it, and which lesson is shown. */

import { el } from '../dom.js';
import { say } from '../i18n.js';
import { languageSwitch } from '../views/language.js';
import { mark } from './marks.js';
import { at, words } from './texts.js';
import { lengthOf, lessonName } from './words.js';

/**
 * A button with a mark and a word, which small screens show as the mark only.
 * @param {import('./marks.js').MarkName} name
 * @param {import('./texts.js').AttendanceText} short
 * @param {import('./texts.js').AttendanceText} long what a screen reader says
 * @param {string} id
 * @param {() => void} act
 */
function act(name, short, long, id, act) {
  const button = el('button', { type: 'button', id }, mark(name), words('span', short, { class: 'label' }));
  say(button, () => at(long), 'aria-label');
  say(button, () => at(long), 'title');
  button.addEventListener('click', act);
  return button;
}

/**
 * @param {string} classId
 * @param {Record<'csv' | 'xlsx' | 'roll' | 'settings', () => void>} acts
 * @param {boolean} keepsRoll
 * @param {HTMLElement} lesson the lesson's picker
 */
export function heading(classId, acts, keepsRoll, lesson) {
  return el('header', { class: 'bar' },
    el('img', { src: new URL('../../favicon.svg', import.meta.url).pathname, alt: '', width: '40', height: '40' }),
    el('div', { class: 'names' }, words('h1', 'heading'), words('p', () => at('class', { id: classId }), { class: 'muted', id: 'class-name' })),
    lesson,
    el('span', { class: 'grow' }),
    el('nav', { class: 'acts' },
      act('download', 'act.csv', 'act.csvLong', 'csv', acts.csv),
      act('download', 'act.xlsx', 'act.xlsxLong', 'xlsx', acts.xlsx),
      act('print', 'act.print', 'act.print', 'print', () => print()),
      ...(keepsRoll ? [act('list', 'act.roll', 'roll.title', 'roll', acts.roll)] : []),
      act('settings', 'act.settings', 'settings.title', 'settings', acts.settings),
      languageSwitch()));
}

/** Which lesson is shown. */
export class LessonPicker {
  /** @param {(lesson: number) => void} choose */
  constructor(choose) {
    this.select = el('select', { id: 'lesson' });
    this.select.addEventListener('change', () => choose(Number(this.select.value)));
    say(this.select, () => at('lesson.label'), 'aria-label');
    this.badge = words('span', 'lesson.live', { class: 'badge', hidden: true });
    this.length = el('span', { class: 'muted length', id: 'lesson-length' });
    this.element = el('div', { class: 'lesson', hidden: true }, this.select, this.badge, this.length);
  }

  /**
   * @param {readonly Attendance.LessonLine[]} lessons
   * @param {Attendance.LessonLine & { until?: string }} shown
   */
  show(lessons, shown) {
    const wanted = [...lessons].reverse().map(lesson => ({ value: String(lesson.sequence), text: lessonName(lesson) }));
    const options = [...this.select.options];
    if (wanted.length !== options.length || wanted.some(({ value, text }, i) => options[i]?.value !== value || options[i]?.text !== text)) {
      this.select.replaceChildren(...wanted.map(({ value, text }) => el('option', { value }, text)));
    }
    this.select.value = String(shown.sequence);
    this.badge.hidden = shown.endedAt !== undefined;
    const until = shown.until ?? shown.endedAt ?? shown.startedAt;
    const seconds = (Date.parse(until) - Date.parse(shown.startedAt)) / 1000;
    say(this.length, () => lengthOf(seconds));
    this.element.hidden = false;
  }
}
