/** The attendance page: opens with a ticket, shows a lesson's report, and keeps it fresh while the lesson runs. */

import { byId, el } from '../dom.js';
import { currentLanguage, onLanguage, say, startLanguage } from '../i18n.js';
import { ApiError, AttendanceApi } from './api.js';
import { Board } from './board.js';
import { rollDialog, settingsDialog } from './dialogs.js';
import { LessonPicker, heading } from './heading.js';
import { at, refusalText, words } from './texts.js';
import { takeTicket } from './ticket.js';
import { clock } from './words.js';

const FRESH = 10_000;
const LIST_FRESH = 55_000;
const ALERT_LASTS = 8_000;

/** Refusals after which asking again is of no use. */
const FINAL = new Set(['ticket_missing', 'ticket_invalid', 'ticket_expired', 'wrong_class', 'class_not_found', 'teacher_only', 'admin_key_invalid', 'admin_key_missing']);

startLanguage();
const { classId, text, role } = takeTicket();
const page = byId('page');
const title = () => { document.title = at('title', { id: classId }); };
onLanguage(title);
title();
if (text) open(text);
else refuse('ticket_missing');

// A new link for this class, put into the address of this tab, changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());

/** @param {string} ticket */
function open(ticket) {
  const api = new AttendanceApi(classId, ticket);
  const keepsRoll = role === 'office';
  /** @type {Attendance.LessonLine[]} */
  let lessons = [];
  /** @type {Attendance.Report | null} */
  let report = null;
  let chosen = Number(new URLSearchParams(location.search).get('lesson')) || null;
  let timer = 0;
  let asking = 0;
  let listedAt = -Infinity;

  const board = new Board();
  const picker = new LessonPicker(lesson => {
    chosen = lesson;
    history.replaceState(null, '', `?lesson=${lesson}`);
    void refresh();
  });
  const stale = el('p', { class: 'stale', role: 'status', id: 'stale', hidden: true });
  const alerts = el('div', { class: 'alerts', role: 'alert', id: 'alerts' });
  const empty = el('div', { class: 'whole-page', id: 'empty' }, words('h2', 'empty.lessons'), words('p', 'empty.lessonsText'));
  const opening = el('p', { class: 'whole-page', role: 'status' }, el('span', { class: 'spinner' }), words('span', 'opening', { class: 'unseen' }));
  const main = el('main', {}, opening);
  page.replaceChildren(heading(classId, {
    csv: () => void download('csv'),
    xlsx: () => void download('xlsx'),
    roll: () => void rollDialog(api, refresh),
    settings: () => void settingsDialog(api, keepsRoll, refresh),
  }, keepsRoll, picker.element), main, alerts);
  onLanguage(draw);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) void refresh(); });
  void refresh();

  /** Asks for everything anew; whoever asks later is answered. */
  async function refresh() {
    clearTimeout(timer);
    const turn = ++asking;
    try {
      // The list changes once in a lesson; the lesson that runs, all the time.
      const isListed = chosen !== null && lessons.length > 0 && performance.now() - listedAt < LIST_FRESH;
      const known = isListed ? lessons : await api.lessons();
      const wanted = known.find(({ sequence }) => sequence === chosen) ?? known.at(-1);
      const fresh = wanted ? await api.report(wanted.sequence) : null;
      if (turn !== asking) return;
      if (!isListed) listedAt = performance.now();
      // That a lesson has ended, its report tells first.
      lessons = known.map(lesson => (fresh && lesson.sequence === fresh.sequence ? fresh : lesson));
      report = fresh;
      // Another lesson that begins must not take away the one that somebody reads.
      chosen = wanted?.sequence ?? null;
      stale.hidden = true;
      draw();
    } catch (failure) {
      if (turn !== asking) return;
      const code = failure instanceof ApiError ? failure.code : null;
      if (!(failure instanceof ApiError)) throw failure;
      if (code && FINAL.has(code)) return refuse(code);
      const until = report ? clock(report.until) : '';
      if (report) say(stale, () => at('lesson.stale', { time: until }));
      else say(stale, () => refusalText(code));
      stale.hidden = false;
      if (!stale.isConnected) main.prepend(stale);
    }
    // A lesson that runs changes all the time; one that is over may be followed by another.
    const runs = !report || lessons.some(({ endedAt }) => !endedAt);
    timer = window.setTimeout(() => { if (!document.hidden) void refresh(); }, runs ? FRESH : 6 * FRESH);
  }

  function draw() {
    const live = report && !report.endedAt;
    document.body.dataset.lesson = report ? live ? 'running' : 'over' : 'none';
    for (const id of ['csv', 'xlsx', 'print']) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !report;
    if (!report) {
      if (stale.hidden && !empty.isConnected) main.replaceChildren(stale, empty);
      return;
    }
    if (!board.element.isConnected) main.replaceChildren(stale, board.element);
    picker.show(lessons, report);
    board.show(report);
  }

  /** @param {'csv' | 'xlsx'} format */
  async function download(format) {
    if (!report) return;
    const button = /** @type {HTMLButtonElement} */ (byId(format));
    button.disabled = true;
    try {
      const { name, file } = await api.download(format, report.sequence, currentLanguage());
      const link = el('a', { href: URL.createObjectURL(file), download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), FRESH);
    } catch (failure) {
      const code = failure instanceof ApiError ? failure.code : null;
      alert(() => (code ? refusalText(code) : at('failed.download')));
    }
    button.disabled = false;
  }

  /** @param {() => string} message */
  function alert(message) {
    const line = words('p', message, { class: 'alert' });
    alerts.append(line);
    setTimeout(() => line.remove(), ALERT_LASTS);
  }
}

/**
 * There is nothing to see with this link.
 * @param {string} code
 */
function refuse(code) {
  document.body.dataset.notice = code;
  page.replaceChildren(el('main', { class: 'whole-page', id: 'notice' }, words('h1', 'refused.title'), words('p', () => refusalText(code))));
}
