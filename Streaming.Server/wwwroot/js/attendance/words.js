/** Times and lengths as the page says them, by the reader's own clock. */

import { nameOf } from './report.js';
import { at } from './texts.js';
import { currentLanguage } from '../i18n.js';

const locale = () => (currentLanguage() === 'zh' ? 'zh-CN' : 'en-GB');

/** @param {string | number} time */
export function clock(time) {
  return new Date(time).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit', hour12: false });
}

/** @param {string | number} time */
function exactClock(time) {
  return new Date(time).toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
}

/** A time on the axis: with seconds where it counts in seconds. @param {number} time */
export function axisClock(time) {
  return time % 60_000 === 0 ? clock(time) : exactClock(time);
}

/** @param {string | number} time */
export function day(time) {
  return new Date(time).toLocaleDateString(locale(), { year: 'numeric', month: 'short', day: 'numeric', weekday: 'short' });
}

/** A day, with its year only where that is not this one: beside the times there is no room for what everybody knows. @param {string} time */
function shortDay(time) {
  const on = new Date(time);
  if (on.getFullYear() !== new Date().getFullYear()) return day(time);
  return on.toLocaleDateString(locale(), { month: 'short', day: 'numeric', weekday: 'short' });
}

/** Minutes with one digit, as a table has them. @param {number} seconds */
export function minutes(seconds) {
  return (seconds / 60).toFixed(1);
}

/** A length as people say it. @param {number} seconds */
export function lengthOf(seconds) {
  return seconds < 90 ? at('length.seconds', { n: Math.max(1, Math.round(seconds)) }) : at('length.minutes', { n: Math.round(seconds / 60) });
}

/** @param {Attendance.LessonLine} lesson */
export function lessonName(lesson) {
  const [from, on] = [clock(lesson.startedAt), shortDay(lesson.startedAt)];
  return lesson.endedAt ? at('lesson.over', { day: on, from, to: clock(lesson.endedAt) }) : at('lesson.running', { day: on, from });
}

/**
 * A while in words.
 * @param {Attendance.Member} of
 * @param {Attendance.Span} span
 */
export function spanWords(of, span) {
  return at('span.words', { name: nameOf(of), kind: at(`kind.${span.kind}`), ...clocksOf(span), length: lengthOf(secondsOf(span)) });
}

/** Between which times; with seconds where it is a short while. @param {{ from: string, to: string }} during */
export function clocksOf(during) {
  const time = secondsOf(during) < 90 ? exactClock : clock;
  return { from: time(during.from), to: time(during.to) };
}

/** @param {{ from: string, to: string }} during */
function secondsOf({ from, to }) {
  return (Date.parse(to) - Date.parse(from)) / 1000;
}
