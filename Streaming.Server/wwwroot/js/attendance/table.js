/** The table: one row a student, sortable by every column. */

import { el, keyed } from '../dom.js';
import { say } from '../i18n.js';
import { mark } from './marks.js';
import { KINDS, nameOf } from './report.js';
import { at, words } from './texts.js';
import { clock, lessonName, minutes } from './words.js';

/** @typedef {import('./report.js').Column} Column */

/** Columns from left to right; `kinds` draws what the seven after it say in numbers. */
const COLUMNS = /** @type {const} */ (['name', 'status', 'firstIn', 'lastOut', 'present', 'kinds', ...KINDS, 'drops', 'checkIns']);

export class Table {
  /** @param {(column: Column) => void} sort */
  constructor(sort) {
    /** @type {Map<string, HTMLElement>} */
    this.heads = new Map();
    for (const column of COLUMNS) {
      const head = el('th', { scope: 'col', 'data-column': column });
      if (column === 'kinds') head.append(words('span', 'column.kinds'));
      else {
        const button = el('button', { type: 'button' }, words('span', `column.${column}`));
        say(button, () => at('column.sort', { column: at(`column.${column}`) }), 'title');
        button.addEventListener('click', () => sort(column));
        head.append(button);
      }
      this.heads.set(column, head);
    }
    this.caption = el('caption', { class: 'unseen' });
    this.body = el('tbody', {});
    this.element = el('section', { class: 'table', id: 'table', role: 'tabpanel', 'aria-labelledby': 'show-table' },
      el('table', {}, this.caption, el('thead', {}, el('tr', {}, ...this.heads.values())), this.body));
  }

  /**
   * @param {Attendance.Report} report
   * @param {readonly Attendance.Member[]} members in the order of the rows
   * @param {import('./report.js').Order} order
   */
  show(report, members, order) {
    say(this.caption, () => at('table.caption', { lesson: lessonName(report) }));
    for (const [column, head] of this.heads) {
      if (column === order.column) head.setAttribute('aria-sort', order.descending ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
    const length = (Date.parse(report.until) - Date.parse(report.startedAt)) / 1000;
    keyed(this.body, members, of => of.member, makeRow, (row, of) => fillRow(row, of, length));
  }
}

function makeRow() {
  return el('tr', {},
    el('th', { scope: 'row', 'data-column': 'name' }, el('span', { class: 'who' }), el('span', { class: 'id' }), el('span', { class: 'short' })),
    el('td', { 'data-column': 'status' }),
    ...COLUMNS.slice(2).map(column => el('td', { 'data-column': column })));
}

/**
 * @param {HTMLElement} row
 * @param {Attendance.Member} of
 * @param {number} length of the lesson, s
 */
function fillRow(row, of, length) {
  const cells = /** @type {HTMLElement[]} */ ([...row.children]);
  const came = of.spans.length > 0;
  row.dataset.status = of.status;
  row.toggleAttribute('data-here', of.isHere);
  COLUMNS.forEach((column, i) => {
    const cell = /** @type {HTMLElement} */ (cells[i]);
    switch (column) {
      case 'name': return fillName(cell, of);
      case 'status': return fillStatus(cell, of);
      case 'kinds': return fillKinds(cell, of, length);
      case 'firstIn': return put(cell, of.firstIn ? clock(of.firstIn) : '–');
      case 'lastOut': return say(cell, () => of.isHere ? at('cell.here') : of.lastOut ? clock(of.lastOut) : '–');
      case 'checkIns':
        put(cell, of.checkIns.asked ? `${of.checkIns.answered}/${of.checkIns.asked}` : '–');
        if (of.checkIns.asked) return say(cell, () => at('cell.checkIns', of.checkIns), 'title');
        return cell.removeAttribute('title');
      case 'drops': return put(cell, came ? String(of.drops) : '–');
      case 'present': return put(cell, came ? minutes(of.seconds.present) : '–');
      default: return put(cell, of.seconds[column] === 0 ? '' : minutes(of.seconds[column]));
    }
  });
}

/**
 * @param {HTMLElement} cell
 * @param {Attendance.Member} of
 */
function fillName(cell, of) {
  const [who, id, short] = /** @type {HTMLElement[]} */ ([...cell.children]);
  put(/** @type {HTMLElement} */ (who), nameOf(of));
  put(/** @type {HTMLElement} */ (id), of.name && of.name !== of.member ? of.member : '');
  // What a small screen has no column for.
  say(/** @type {HTMLElement} */ (short), () => of.firstIn
    ? [`${clock(of.firstIn)} – ${of.isHere ? at('cell.here') : clock(of.lastOut ?? of.firstIn)}`, of.drops ? `${at('column.drops')}\u00a0${of.drops}` : '',
        of.checkIns.asked ? `${at('column.checkIns').replace('-', '\u2011')}\u00a0${of.checkIns.answered}/${of.checkIns.asked}` : ''].filter(Boolean).join(' · ')
    : '');
}

/**
 * @param {HTMLElement} cell
 * @param {Attendance.Member} of
 */
function fillStatus(cell, of) {
  /** @type {('leftEarly' | 'guest' | Attendance.Status)[]} */
  const pills = [of.status, ...(of.leftEarly ? [/** @type {const} */ ('leftEarly')] : []), ...(of.onRoll === false ? [/** @type {const} */ ('guest')] : [])];
  keyed(cell, pills, pill => pill, pill => {
    const element = el('span', { class: 'pill', 'data-status': pill }, ...(pill === 'guest' ? [] : [mark(pill)]));
    element.append(words('span', `status.${pill}`));
    return element;
  }, () => {});
}

/**
 * A bar as long as the lesson, with each kind's part of it.
 * @param {HTMLElement} cell
 * @param {Attendance.Member} of
 * @param {number} length
 */
function fillKinds(cell, of, length) {
  const bar = cell.firstElementChild ?? cell.appendChild(el('span', { class: 'kinds', role: 'img' }));
  const kinds = KINDS.filter(kind => of.seconds[kind] > 0);
  keyed(/** @type {HTMLElement} */ (bar), kinds, kind => kind, kind => el('span', { 'data-kind': kind }), (part, kind) => {
    part.style.width = `${Math.min(100, of.seconds[kind] / Math.max(length, 1) * 100)}%`;
  });
  say(bar, () => kinds.map(kind => `${at(`kind.${kind}`)} ${minutes(of.seconds[kind])}`).join(', ') || at('cell.none'), 'aria-label');
  say(bar, () => bar.getAttribute('aria-label') ?? '', 'title');
}

/**
 * @param {HTMLElement} cell
 * @param {string} text
 */
function put(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
