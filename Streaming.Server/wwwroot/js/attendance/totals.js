/** What the lesson comes to: numbers, a bar, and by name those who are missing. */

import { el, keyed } from '../dom.js';
import { say } from '../i18n.js';
import { mark } from './marks.js';
import { STATUSES, missing, nameOf } from './report.js';
import { at, atn, words } from './texts.js';
import { clocksOf, minutes } from './words.js';

const CARDS = /** @type {const} */ (['students', 'here', 'onTime', 'late', 'absent', 'unknown', 'expected', 'leftEarly', 'guests', 'median']);

/** Those that stand there even when nobody is in them. */
const ALWAYS = new Set(['students', 'onTime', 'late', 'absent', 'leftEarly', 'median']);

const MARKED = new Set(['onTime', 'late', 'absent', 'unknown', 'expected', 'leftEarly']);

export class Totals {
  constructor() {
    /** @type {Map<string, { card: HTMLElement, number: HTMLElement }>} */
    this.cards = new Map(CARDS.map(name => {
      const number = el('dd', { id: `total-${name}` });
      // The word has an element of its own: said anew in another language, it takes the place of all that is beside it.
      const label = el('dt', {}, ...(MARKED.has(name) ? [mark(/** @type {import('./marks.js').MarkName} */ (name))] : []), words('span', `total.${name}`));
      return [name, { card: el('div', { class: 'card', 'data-of': name }, label, number), number }];
    }));
    this.bar = el('div', { class: 'share', role: 'img', id: 'share' });
    this.missing = el('div', { class: 'missing', id: 'missing' });
    this.gaps = el('div', { class: 'gap-notes' });
    this.element = el('section', { class: 'totals' },
      el('dl', { class: 'cards' }, ...[...this.cards.values()].map(({ card }) => card)), this.bar, this.missing, this.gaps);
  }

  /** @param {Attendance.Report} report */
  show(report) {
    const { totals } = report;
    const runs = report.endedAt === undefined;
    const hasRoll = hasRollIn(report);
    /** @type {Record<string, string>} */
    const numbers = { median: totals.medianSeconds === undefined ? '–' : minutes(totals.medianSeconds) };
    for (const name of CARDS) {
      const { card, number } = /** @type {{ card: HTMLElement, number: HTMLElement }} */ (this.cards.get(name));
      const count = name === 'median' ? NaN : totals[name];
      number.textContent = numbers[name] ?? String(count);
      card.hidden = name === 'here' ? !runs : name === 'leftEarly' ? runs : name === 'absent' ? !hasRoll : !ALWAYS.has(name) && count === 0;
      card.toggleAttribute('data-none', count === 0);
    }
    this.#showBar(totals);
    this.#showMissing(report);
    keyed(this.gaps, report.gaps, gap => gap.from, () => el('p', { class: 'gap-note' }), (note, gap) =>
      say(note, () => at('gap.note', clocksOf(gap))));
  }

  /** @param {Attendance.Totals} totals */
  #showBar(totals) {
    const shares = [...STATUSES].reverse().filter(status => totals[status] > 0);
    keyed(this.bar, shares, status => status, status => el('span', { 'data-status': status }), (part, status) => {
      part.style.flexGrow = String(totals[status]);
    });
    say(this.bar, () => at('total.bar', { n: totals.students, parts: shares.map(status => `${at(`status.${status}`)} ${totals[status]}`).join(', ') }), 'aria-label');
    this.bar.hidden = totals.students === 0;
  }

  /** @param {Attendance.Report} report */
  #showMissing(report) {
    const groups = /** @type {const} */ (['absent', 'unknown', 'expected']).map(status => ({ status, members: missing(report, status) }))
      .filter(({ members }) => members.length > 0);
    /** @type {{ key: string, status: string, members: Attendance.Member[], text: () => string }[]} */
    const lines = groups.map(({ status, members }) => ({ key: status, status, members, text: () => atn(`missing.${status}`, members.length) }));
    if (!hasRollIn(report)) lines.push({ key: 'noRoll', status: 'none', members: [], text: () => at('missing.noRoll') });
    else if (lines.length === 0) lines.push({ key: 'none', status: 'onTime', members: [], text: () => at('missing.none') });
    keyed(this.missing, lines, line => line.key, ({ status }) => el('div', { class: 'missing-group', 'data-status': status },
      el('h2', {}), el('ul', {})), (group, { members, text }) => {
      const [title, list] = group.children;
      say(/** @type {Element} */ (title), text);
      keyed(/** @type {HTMLElement} */ (list), members, of => of.member, of => el('li', {}, nameOf(of)), (item, of) => { item.textContent = nameOf(of); });
      /** @type {HTMLElement} */ (list).hidden = members.length === 0;
    });
  }
}

/** Without a roll nobody is absent, and no number says how many. @param {Attendance.Report} report */
function hasRollIn(report) {
  return report.members.some(of => of.onRoll !== undefined);
}
