/** The report of one lesson: totals on top, then the table or the timeline, both in the same order. */

import { el } from '../dom.js';
import { currentLanguage, say } from '../i18n.js';
import { mark } from './marks.js';
import { KINDS, firstOrder, settled, sorted } from './report.js';
import { Table } from './table.js';
import { at, words } from './texts.js';
import { Timeline } from './timeline.js';
import { Totals } from './totals.js';
import { clock } from './words.js';

/** @typedef {import('./report.js').Column} Column */

const SORTS = /** @type {const} */ (['status', 'name', 'firstIn', 'lastOut', 'present', 'stalled', 'drops', 'checkIns']);

export class Board {
  /** @type {Attendance.Report | null} */
  #report = null;
  #order = firstOrder('status');
  /** Member ids as their rows stand. @type {readonly string[]} */
  #standing = [];

  constructor() {
    this.totals = new Totals();
    this.table = new Table(column => this.#sort(column));
    this.timeline = new Timeline();
    this.tabs = { table: this.#tab('table'), timeline: this.#tab('timeline') };
    this.sort = el('select', { id: 'sort' }, ...SORTS.map(column => words('option', `column.${column}`, { value: column })));
    this.sort.addEventListener('change', () => this.#sort(/** @type {Column} */ (this.sort.value)));
    this.late = el('span', {});
    this.nobody = words('p', 'empty.nobody', { class: 'nobody', hidden: true });
    const tabs = el('div', { class: 'tabs', role: 'tablist' }, this.tabs.table, this.tabs.timeline);
    say(tabs, () => at('view.label'), 'aria-label');
    tabs.addEventListener('keydown', event => {
      if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') this.view(this.table.element.hidden ? 'table' : 'timeline').focus();
    });
    this.element = el('div', { class: 'board' },
      this.totals.element,
      el('div', { class: 'views' }, tabs, el('label', { class: 'sorting' }, words('span', 'sort.label'), this.sort), el('span', { class: 'grow' }), this.#legend()),
      this.nobody, this.table.element, this.timeline.element);
    this.view('table');
    new ResizeObserver(() => this.#draw()).observe(this.timeline.element);
  }

  /** @param {Attendance.Report} report */
  show(report) {
    if (this.#report?.sequence !== report.sequence) this.#standing = [];
    this.#report = report;
    this.#draw();
  }

  /** @param {'table' | 'timeline'} name */
  view(name) {
    for (const which of /** @type {const} */ (['table', 'timeline'])) {
      this[which].element.hidden = which !== name;
      this.tabs[which].setAttribute('aria-selected', String(which === name));
      this.tabs[which].tabIndex = which === name ? 0 : -1;
    }
    this.element.dataset.view = name;
    return this.tabs[name];
  }

  /** @param {Column} column */
  #sort(column) {
    const { column: former, descending } = this.#order;
    this.#order = column === former ? { column, descending: !descending } : firstOrder(column);
    this.#standing = [];
    this.#draw();
  }

  #draw() {
    const report = this.#report;
    if (!report) return;
    const wanted = sorted(report.members, this.#order, currentLanguage()).map(of => of.member);
    this.#standing = settled(this.#standing, wanted);
    const byId = new Map(report.members.map(of => [of.member, of]));
    const members = this.#standing.flatMap(member => byId.get(member) ?? []);
    this.totals.show(report);
    this.table.show(report, members, this.#order);
    this.timeline.show(report, members);
    if (SORTS.some(column => column === this.#order.column)) this.sort.value = this.#order.column;
    const late = clock(Date.parse(report.startedAt) + report.lateAfterSeconds * 1000);
    say(this.late, () => at('timeline.late', { time: late }));
    this.nobody.hidden = members.length > 0;
  }

  #legend() {
    const list = el('ul', { class: 'legend' }, ...[...KINDS, /** @type {const} */ ('away')].map(kind =>
      el('li', {}, el('span', { class: 'swatch', 'data-kind': kind }), words('span', `kind.${kind}`))), el('li', { class: 'late-line' }, el('span', { class: 'swatch' }), this.late));
    say(list, () => at('kind.legend'), 'aria-label');
    return list;
  }

  /** @param {'table' | 'timeline'} name */
  #tab(name) {
    const tab = el('button', { type: 'button', role: 'tab', id: `show-${name}`, 'aria-controls': name }, mark(name), words('span', `view.${name}`));
    tab.addEventListener('click', () => {
      this.view(name);
      this.#draw();
    });
    return tab;
  }
}

