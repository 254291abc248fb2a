/** The timeline: one row a student, coloured by what they had of the lesson. Made to be looked at; hover and focus say it in words. */

import { el, keyed } from '../dom.js';
import { say } from '../i18n.js';
import { placeOf, ticksOf, windowOf } from './axis.js';
import { mark } from './marks.js';
import { nameOf } from './report.js';
import { at } from './texts.js';
import { axisClock, spanWords } from './words.js';

const TICK_WIDTH = 90;

export class Timeline {
  constructor() {
    this.axis = el('div', { class: 'ticks', 'aria-hidden': 'true' });
    this.overlay = el('div', { class: 'overlay', 'aria-hidden': 'true' });
    this.rows = el('div', { class: 'rows', role: 'grid' });
    say(this.rows, () => at('timeline.label'), 'aria-label');
    this.tip = el('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
    this.element = el('section', { class: 'timeline', id: 'timeline', role: 'tabpanel', 'aria-labelledby': 'show-timeline', hidden: true },
      el('div', { class: 'axis' }, el('span', { class: 'corner' }), this.axis), el('div', { class: 'lanes' }, this.overlay, this.rows), this.tip);
    this.rows.addEventListener('keydown', event => this.#move(event));
    this.rows.addEventListener('focusin', event => this.#tell(event.target));
    this.rows.addEventListener('focusout', () => this.#tell(null));
    this.rows.addEventListener('pointerover', event => this.#tell(event.target));
    this.rows.addEventListener('pointerleave', () => this.#tell(null));
    addEventListener('scroll', () => { this.tip.hidden = true; }, { passive: true });
  }

  /**
   * @param {Attendance.Report} report
   * @param {readonly Attendance.Member[]} members in the order of the rows
   */
  show(report, members) {
    const window = windowOf(report);
    this.#showAxis(report, window);
    keyed(this.rows, members, of => of.member, () => el('div', { class: 'row', role: 'row' },
      el('span', { class: 'who', role: 'rowheader' }, el('span', { class: 'sign' }), el('span', { class: 'name' })), el('div', { class: 'track' })), (row, of) => fillRow(row, of, window));
    this.#keepOneStop();
  }

  /**
   * @param {Attendance.Report} report
   * @param {import('./axis.js').Window} window
   */
  #showAxis(report, window) {
    const room = this.axis.clientWidth || 900;
    const ticks = ticksOf(window, Math.max(2, Math.floor(room / TICK_WIDTH)));
    const late = Date.parse(report.startedAt) + report.lateAfterSeconds * 1000;
    const lines = [
      ...ticks.map(time => ({ key: `tick-${time}`, kind: 'tick', from: iso(time), to: iso(time) })),
      ...(late < window.to ? [{ key: 'late', kind: 'late', from: iso(late), to: iso(late) }] : []),
      ...report.gaps.map(gap => ({ key: `gap-${gap.from}`, kind: 'gap', ...gap })),
    ];
    keyed(this.overlay, lines, line => line.key, ({ kind }) => el('span', { class: kind }), (line, { from, to }) => place(line, placeOf(window, from, to)));
    keyed(this.axis, ticks, time => String(time), () => el('span', { class: 'tick' }), (label, time) => {
      const text = axisClock(time);
      label.style.left = withinAxis(placeOf(window, iso(time), iso(time)).left, text);
      say(label, () => text);
    });
  }

  /** Of all spans one can be reached by the tab key; from there arrows lead on. */
  #keepOneStop() {
    if (!this.rows.querySelector('[tabindex="0"]')) this.rows.querySelector('[tabindex]')?.setAttribute('tabindex', '0');
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const cell = /** @type {HTMLElement} */ (event.target);
    const row = cell.closest('.row');
    if (!row) return;
    /** @type {Element | null | undefined} */
    let next;
    switch (event.key) {
      case 'ArrowRight': next = cell.nextElementSibling; break;
      case 'ArrowLeft': next = cell.previousElementSibling; break;
      case 'ArrowDown': next = row.nextElementSibling?.querySelector('[tabindex]'); break;
      case 'ArrowUp': next = row.previousElementSibling?.querySelector('[tabindex]'); break;
      case 'Home': next = row.querySelector('[tabindex]'); break;
      case 'End': next = row.querySelector('.track')?.lastElementChild; break;
      default: return;
    }
    event.preventDefault();
    if (!(next instanceof HTMLElement)) return;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  /** @param {EventTarget | null} target */
  #tell(target) {
    const span = target instanceof Element ? target.closest('[data-kind]') : null;
    this.tip.hidden = !span;
    if (!span) return;
    this.tip.textContent = span.getAttribute('aria-label');
    const [place, tip] = [span.getBoundingClientRect(), this.tip.getBoundingClientRect()];
    const left = Math.max(8, Math.min(place.left + place.width / 2 - tip.width / 2, innerWidth - tip.width - 8));
    this.tip.style.left = `${left}px`;
    this.tip.style.top = `${place.top - tip.height - 6 < 0 ? place.bottom + 6 : place.top - tip.height - 6}px`;
  }
}

/**
 * @param {HTMLElement} row
 * @param {Attendance.Member} of
 * @param {import('./axis.js').Window} window
 */
function fillRow(row, of, window) {
  const [who, track] = /** @type {HTMLElement[]} */ ([...row.children]);
  const [sign, name] = /** @type {HTMLElement[]} */ ([...(who?.children ?? [])]);
  if (!who || !track || !sign || !name) return;
  if (name.textContent !== nameOf(of)) name.textContent = nameOf(of);
  if (row.dataset.status !== of.status) {
    row.dataset.status = of.status;
    sign.replaceChildren(mark(of.status));
  }
  say(who, () => `${nameOf(of)}, ${at(`status.${of.status}`)}`, 'aria-label');
  if (of.spans.length === 0) {
    keyed(track, [of], () => 'never', () => el('span', { class: 'never', role: 'gridcell', tabindex: '-1' }), never => {
      say(never, () => at(`status.${of.status}`));
      say(never, () => at('span.never', { name: nameOf(of), status: at(`status.${of.status}`) }), 'aria-label');
    });
    return;
  }
  keyed(track, of.spans, span => `${span.kind}-${span.from}`, span => el('span', { 'data-kind': span.kind, role: 'gridcell', tabindex: '-1' }), (bar, span) => {
    place(bar, placeOf(window, span.from, span.to));
    say(bar, () => spanWords(of, span), 'aria-label');
  });
}

/**
 * @param {HTMLElement} element
 * @param {{ left: number, width: number }} place
 */
function place(element, { left, width }) {
  element.style.left = `${left * 100}%`;
  element.style.width = `${width * 100}%`;
}

/**
 * Where a time is written: below its line, but not over the edge.
 * @param {number} left in parts of the axis
 * @param {string} text
 */
function withinAxis(left, text) {
  // A digit is a little more than half an em wide; beyond the axis there is that much of the frame.
  return `min(${left * 100}%, 100% - ${(text.length * 0.29 - 0.6).toFixed(2)}em)`;
}

/** @param {number} time */
function iso(time) {
  return new Date(time).toISOString();
}
