/**
 * How much of a lesson comes to this device, and what is said of it. Pure.
 */

/** From the least to the most; what lies below comes with it. @type {readonly Wire.Rung[]} */
export const RUNGS = ['text', 'sound', 'slides', 'picture'];

/**
 * What packets are to be awaited for: on the lower rungs pictures are not missed.
 * @param {readonly Wire.TrackSource[]} sources what is sent
 * @param {Wire.Rung} rung
 */
export function awaited(sources, rung) {
  return sources.filter(source => rung === 'picture' || (rung !== 'text' && source === 'voice'));
}

/**
 * Whether it is the link that allows no more, and not the user who wants no more.
 * @param {Wire.Rung} rung what comes
 * @param {Wire.Rung} highest what the user wants at most
 * @param {boolean} hasScreen whether a screen is shared: without one slides are no more than sound
 */
export function isWeak(rung, highest, hasScreen) {
  const place = (/** @type {Wire.Rung} */ of) => RUNGS.indexOf(of === 'slides' && !hasScreen ? 'sound' : of);
  return place(rung) < place(highest);
}

/**
 * Why there is no moving picture, for people to read; null while there is one.
 * @param {Wire.Rung} rung
 * @param {Wire.Rung} highest
 * @param {boolean} hasScreen
 * @returns {import('./i18n.js').TextKey | null}
 */
export function reasonOf(rung, highest, hasScreen) {
  if (rung === 'picture') return null;
  if (isWeak(rung, highest, hasScreen)) return !hasScreen ? 'rung.weakSound' : rung === 'slides' ? 'rung.weakSlides' : 'rung.weakStills';
  if (rung === 'text') return 'rung.chosenText';
  return rung === 'slides' && hasScreen ? 'rung.chosenSlides' : 'rung.chosenSound';
}

/**
 * How stills are to be fetched; null for not at all. On a weak link the voice comes first: a still comes slowly then, at a rate that was left free for it.
 * @param {Wire.Rung} rung
 * @param {Wire.Rung} highest
 * @param {boolean} hasScreen
 * @returns {{ apart: number, pace: number | null } | null} the least time from one to the next, ms; kbit/s, null for as fast as they come
 */
export function stillsOn(rung, highest, hasScreen) {
  if (!hasScreen || rung === 'picture') return null;
  const weak = isWeak(rung, highest, hasScreen);
  if (rung === 'sound') return weak ? { apart: 30_000, pace: 12 } : null;
  return { apart: 0, pace: weak ? 20 : null };
}

/**
 * What a page begins with: what was chosen in this tab, else what the browser is told to spare.
 * @param {string | null} remembered
 * @param {boolean} savesData
 * @returns {Wire.Rung}
 */
export function firstHighest(remembered, savesData) {
  return RUNGS.find(rung => rung === remembered) ?? (savesData ? 'slides' : 'picture');
}
