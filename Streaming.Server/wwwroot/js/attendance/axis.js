/** Where things stand on the timeline. Pure. */

const MINUTE = 60_000;

/** Steps between two times on the axis, in minutes: those that people count in. */
const STEPS = [1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2, 5, 10, 15, 20, 30, 60, 120, 240];

/** What the report covers, in ms since 1970; a lesson of no length has one second. @param {Attendance.Report} report */
export function windowOf(report) {
  const from = Date.parse(report.startedAt);
  return { from, to: Math.max(Date.parse(report.until), from + 1_000) };
}

/** @typedef {ReturnType<typeof windowOf>} Window */

/**
 * Where a while stands, in parts of the whole from 0 to 1.
 * @param {Window} window
 * @param {string} from
 * @param {string} to
 */
export function placeOf({ from: start, to: end }, from, to) {
  const part = (/** @type {string} */ time) => Math.min(1, Math.max(0, (Date.parse(time) - start) / (end - start)));
  const left = part(from);
  return { left, width: Math.max(0, part(to) - left) };
}

/**
 * The times on the axis: round ones by the reader's clock, as many as there is room for.
 * @param {Window} window
 * @param {number} most at most so many
 * @param {number} [offset] minutes that the reader's clock is ahead of UTC
 * @returns {number[]} ms since 1970
 */
export function ticksOf({ from, to }, most, offset = -new Date(from).getTimezoneOffset()) {
  const minutes = (to - from) / MINUTE;
  const step = (STEPS.find(minute => minutes / minute <= most) ?? Math.ceil(minutes / most / 240) * 240) * MINUTE;
  const shift = offset * MINUTE;
  const ticks = [];
  for (let at = Math.ceil((from + shift) / step) * step - shift; at <= to; at += step) ticks.push(at);
  return ticks;
}
