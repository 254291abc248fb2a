/**
 * How students stand to the class, as teachers and inspectors are told it. Pure: times are arguments, in ms.
 *
 * @typedef {ReadonlyMap<string, Wire.MemberPresence>} Presence by member; only who is not simply present
 * @typedef {{ id: number, answers: ReadonlyMap<string, Wire.CheckInState> }} Progress of one check-in, by member
 */

/** A connection that comes back sooner was never worth a word; ms. */
export const UNSTABLE_SHOWN_AFTER = 3_000;

/**
 * @param {Presence} presence
 * @param {readonly Wire.MemberPresence[]} changed
 * @returns {Presence}
 */
export function withPresence(presence, changed) {
  const next = new Map(presence);
  for (const one of changed) {
    if (one.state === 'present') next.delete(one.member);
    else next.set(one.member, one);
  }
  return next;
}

/**
 * @param {Progress | null} progress
 * @param {Wire.CheckInProgress} news
 * @returns {Progress}
 */
export function withProgress(progress, { id, answers }) {
  const known = progress?.id === id ? progress.answers : [];
  return { id, answers: new Map([...known, ...answers.map(({ member, state }) => /** @type {const} */ ([member, state]))]) };
}

/**
 * Who dropped and did not come back: named below those who are counted, the first to go first.
 * @param {Presence} presence
 * @param {readonly Wire.Seat[]} seats
 */
export function awayFrom(presence, seats) {
  const seated = new Set(seats.map(seat => seat.member));
  return [...presence.values()]
    .filter(({ member, state }) => state === 'away' && !seated.has(member))
    .sort((a, b) => Date.parse(a.since) - Date.parse(b.since) || (a.member < b.member ? -1 : 1));
}

/** Which lost connections have lasted, by this machine's clock: the server's may differ. */
export class Lasting {
  /** By member: which drop, and when it was first heard of. @type {Map<string, { since: string, heard: number }>} */
  #drops = new Map();

  /**
   * @param {Presence} presence
   * @param {number} now
   * @returns {ReadonlySet<string>} members
   */
  of(presence, now) {
    const drops = new Map();
    const lasting = new Set();
    for (const { member, state, since } of presence.values()) {
      if (state !== 'unstable') continue;
      const known = this.#drops.get(member);
      const drop = known?.since === since ? known : { since, heard: now };
      drops.set(member, drop);
      if (now - drop.heard >= UNSTABLE_SHOWN_AFTER) lasting.add(member);
    }
    this.#drops = drops;
    return lasting;
  }
}

/**
 * What has become of a check-in so far: members by their state, in the order in which they were asked.
 * @param {Progress | null} progress
 * @param {Wire.CheckIn} checkIn
 */
export function tally(progress, checkIn) {
  /** @type {Record<Wire.CheckInState, string[]>} */
  const found = { waiting: [], answered: [], missed: [], unreached: [] };
  if (progress?.id === checkIn.id) for (const [member, state] of progress.answers) found[state].push(member);
  return { ...found, asked: Object.values(found).reduce((sum, members) => sum + members.length, 0) };
}
