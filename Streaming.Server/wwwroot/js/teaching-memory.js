/**
 * What a reload of the teacher's tab finds again.
 *
 * @typedef {object} Memory
 * @property {boolean} teaching
 * @property {Wire.TrackSource[]} on
 * @property {number} at when it was last true, ms since 1970
 */

import { recall, store } from './tab-memory.js';

/**
 * Older than this it was no reload: a tab that a browser restores the next morning must not go on air by itself; ms.
 * Longer than a minute, the pace of a hidden tab's timers.
 */
export const CONTINUES_WITHIN = 120_000;

/** How often a running lesson is noted down; ms. */
export const NOTED_EVERY = 10_000;

/**
 * Whether the lesson goes on by itself where this memory was left.
 * @param {Memory | null} memory
 * @param {number} now ms since 1970
 */
export function continues(memory, now) {
  if (!memory?.teaching || !Number.isFinite(memory.at)) return false;
  // A clock set back in between proves nothing, so a time to come is no reason either.
  return Math.abs(now - memory.at) < CONTINUES_WITHIN;
}

/**
 * @param {string} classId
 * @returns {Memory | null}
 */
export function recallTeaching(classId) {
  try {
    const memory = JSON.parse(recall(key(classId)) ?? 'null');
    return memory && Array.isArray(memory.on) ? memory : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} classId
 * @param {Memory} memory
 */
export function noteTeaching(classId, memory) {
  store(key(classId), JSON.stringify(memory));
}

/** @param {string} classId */
function key(classId) {
  return `streaming.teaching.${classId}`;
}
