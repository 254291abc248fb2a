/** What the page reads out of a report. Pure. */

/** The kinds of time, the best first, as everywhere on the page. */
export const KINDS = /** @type {const} */ (['picture', 'slides', 'sound', 'text', 'connected', 'stalled', 'unknown']);

/** The statuses in the order in which somebody should look at them. */
export const STATUSES = /** @type {const} */ (['absent', 'unknown', 'expected', 'late', 'onTime']);

/** @typedef {'name' | 'status' | 'firstIn' | 'lastOut' | 'present' | Attendance.Kind | 'drops' | 'checkIns'} Column */
/** @typedef {{ column: Column, descending: boolean }} Order `unknown` is the column of unknown minutes */

/** @param {Attendance.Member} of */
export function nameOf(of) {
  return of.name || of.member;
}

/** Those without a name there, who did not come; in the order of the roll. @param {Attendance.Report} report @param {Attendance.Status} status */
export function missing(report, status) {
  return report.members.filter(of => of.status === status && of.spans.length === 0);
}

/**
 * A report's members in an order; those that are equal in it by name. Nothing stands last, whichever way round.
 * @param {readonly Attendance.Member[]} members
 * @param {Order} order
 * @param {string} language names are in the order of this language
 */
export function sorted(members, { column, descending }, language) {
  const collator = new Intl.Collator(language === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  /** @type {(a: Attendance.Member, b: Attendance.Member) => number} */
  const byName = (a, b) => collator.compare(nameOf(a), nameOf(b)) || collator.compare(a.member, b.member);
  return [...members].sort((a, b) => {
    if (column === 'name') return byName(a, b) * (descending ? -1 : 1);
    const [x, y] = [keyOf(a, column), keyOf(b, column)];
    if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0) || byName(a, b);
    return (descending ? y - x : x - y) || byName(a, b);
  });
}

/**
 * Which way a column is first sorted: what needs looking at comes on top.
 * @param {Column} column
 * @returns {Order}
 */
export function firstOrder(column) {
  return { column, descending: column === 'drops' || KINDS.some(kind => kind === column) };
}

/**
 * The order of rows when a report comes anew: who stands there stays where they stand, and who is new comes to where they belong.
 * What a reader looks at does not move under their eyes.
 * @param {readonly string[]} standing member ids as they stand
 * @param {readonly string[]} wanted member ids as the order would have them
 */
export function settled(standing, wanted) {
  const places = new Map(wanted.map((member, place) => [member, place]));
  const rows = standing.filter(member => places.has(member));
  const known = new Set(rows);
  for (const member of wanted) {
    if (known.has(member)) continue;
    const place = /** @type {number} */ (places.get(member));
    const before = rows.findIndex(other => /** @type {number} */ (places.get(other)) > place);
    rows.splice(before < 0 ? rows.length : before, 0, member);
  }
  return rows;
}

/**
 * @param {Attendance.Member} of
 * @param {Exclude<Column, 'name'>} column
 * @returns {number | null}
 */
function keyOf(of, column) {
  switch (column) {
    case 'status': return STATUSES.indexOf(of.status) * 2 + (of.leftEarly ? 0 : 1);
    case 'firstIn':
    case 'lastOut': return of[column] ? Date.parse(of[column]) : null;
    case 'drops': return of.spans.length ? of.drops : null;
    case 'checkIns': return of.checkIns.asked ? of.checkIns.answered / of.checkIns.asked : null;
    default: return of.spans.length ? of.seconds[column] : null;
  }
}
