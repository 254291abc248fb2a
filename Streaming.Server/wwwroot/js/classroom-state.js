/**
 * The class as one browser knows it: a value, and the functions that lead from one to the next.
 * Pure: no clock, no page, no connection.
 *
 * @typedef {object} ClassroomState
 * @property {number} version the next change is one higher
 * @property {string} class
 * @property {Wire.Lesson} lesson
 * @property {readonly Wire.Seat[]} seats in the order of joining
 * @property {readonly Wire.ChatLine[]} chat oldest first
 * @property {ReadonlyMap<string, Wire.LinkQuality>} quality by member; only what differs from good
 * @property {Wire.Still | null} still the newest of the screen; null while none is shared, or none has come
 * @property {Wire.CheckIn | null} checkIn the last one; closed ones stay for whoever looks at the result
 */

/** How many lines of chat are kept. */
export const CHAT_KEPT = 200;

/**
 * The state that a snapshot describes.
 * @param {Wire.ClassroomSnapshot} snapshot
 * @param {ClassroomState | null} [former] what this browser knew of the same run of the server: older chat lines and link
 *   qualities are in no snapshot
 * @returns {ClassroomState}
 */
export function fromSnapshot(snapshot, former = null) {
  const present = new Set(snapshot.seats.map(seat => seat.member));
  const first = snapshot.chat[0]?.id ?? Infinity;
  const older = former && snapshot.chat.length > 0 ? former.chat.filter(line => line.id < first) : [];
  return {
    version: snapshot.version,
    class: snapshot.class,
    lesson: snapshot.lesson,
    seats: snapshot.seats,
    chat: [...older, ...snapshot.chat].slice(-CHAT_KEPT),
    quality: new Map([...(former?.quality ?? [])].filter(([member]) => present.has(member))),
    still: snapshot.still ?? null,
    // What was open and is in the snapshot no more was closed meanwhile.
    checkIn: snapshot.checkIn ?? (former?.checkIn ? { ...former.checkIn, isOpen: false } : null),
  };
}

/**
 * @param {ClassroomState} state
 * @param {Wire.ClassroomChange} change
 * @returns {ClassroomState | null} null when a change before this one is missing: ask for a snapshot
 */
export function applyChange(state, change) {
  if (change.version <= state.version) return state;
  if (change.version > state.version + 1) return null;

  let { seats, quality } = state;
  // Who left and came back is in both, and has a new seat at the end.
  if (change.gone?.length) {
    const gone = new Set(change.gone);
    seats = seats.filter(seat => !gone.has(seat.member));
    quality = new Map([...quality].filter(([member]) => !gone.has(member)));
  }
  if (change.seats?.length) {
    const changed = new Map(change.seats.map(seat => [seat.member, seat]));
    const kept = seats.map(seat => changed.get(seat.member) ?? seat);
    const known = new Set(seats.map(seat => seat.member));
    seats = [...kept, ...change.seats.filter(seat => !known.has(seat.member))];
  }
  const lesson = change.lesson ?? state.lesson;
  const still = change.still ?? (lesson.sources.includes('screen') ? state.still : null);
  return { ...state, version: change.version, seats, quality, lesson, still, checkIn: change.checkIn ?? state.checkIn };
}

/**
 * @param {ClassroomState} state
 * @param {Wire.ChatLine} line
 * @returns {ClassroomState | null} null when a line before this one is missing
 */
export function addLine(state, line) {
  const last = state.chat.at(-1)?.id ?? 0;
  if (line.id <= last) return state;
  if (line.id > last + 1) return null;
  return { ...state, chat: [...state.chat, line].slice(-CHAT_KEPT) };
}

/**
 * @param {ClassroomState} state
 * @param {readonly Wire.ViewerQuality[]} changed
 * @returns {ClassroomState}
 */
export function applyQuality(state, changed) {
  const quality = new Map(state.quality);
  for (const viewer of changed) {
    if (viewer.quality === 'good') quality.delete(viewer.member);
    else quality.set(viewer.member, viewer.quality);
  }
  return { ...state, quality };
}

/** @param {ClassroomState} state */
export function students(state) {
  return state.seats.filter(seat => seat.role === 'student');
}

/**
 * Raised hands, the first to go up first.
 * @param {ClassroomState} state
 */
export function hands(state) {
  return state.seats
    .filter(seat => seat.handRaisedAt)
    .map(seat => ({ seat, raised: seat.handRaisedAt ?? '' }))
    .sort((a, b) => Date.parse(a.raised) - Date.parse(b.raised) || (a.raised < b.raised ? -1 : a.raised > b.raised ? 1 : 0))
    .map(({ seat }) => seat);
}

/**
 * A member's place among the raised hands, from 1; 0 while the hand is down.
 * @param {ClassroomState} state
 * @param {string} member
 */
export function handPlace(state, member) {
  return hands(state).findIndex(seat => seat.member === member) + 1;
}

/**
 * How many students of the roster receive badly, and how many receive nothing.
 * @param {ClassroomState} state
 */
export function weakLinks(state) {
  let bad = 0;
  let lost = 0;
  for (const { member } of students(state)) {
    const quality = state.quality.get(member);
    if (quality === 'bad') bad++;
    else if (quality === 'lost') lost++;
  }
  return { bad, lost };
}

/**
 * What a watcher should be told about the lesson.
 * @param {ClassroomState} state
 * @returns {'waiting' | 'live' | 'silent' | 'away' | 'ended'} silent: the teacher is here and sends nothing
 */
export function lessonFace(state) {
  if (state.lesson.phase !== 'live') return state.lesson.phase;
  if (state.lesson.sources.length > 0) return 'live';
  return state.seats.some(seat => seat.role === 'teacher') ? 'silent' : 'away';
}

/**
 * How the stage is laid out for what is sent.
 * @param {readonly Wire.TrackSource[]} sources
 * @returns {'both' | 'screen' | 'camera' | 'voice' | 'none'}
 */
export function layoutOf(sources) {
  const screen = sources.includes('screen');
  const camera = sources.includes('camera');
  if (screen && camera) return 'both';
  if (screen) return 'screen';
  if (camera) return 'camera';
  return sources.includes('voice') ? 'voice' : 'none';
}
