/** What a page needs where a city has several servers: loaded when it hears of them, while one is there to load it from. */

import { Nodes } from './nodes.js';
import { recall, store } from './tab-memory.js';

/** Two servers that send a page to each other do it no faster than this; ms. */
const MOVES_APART = 10_000;
const MOVED = 'streaming.moved';

/** What the page's own policy has kept it from: a server that joined the city after the page was made is not in it. @type {Set<string>} */
const forbidden = new Set();

globalThis.document?.addEventListener?.('securitypolicyviolation', noteViolation);

/**
 * The servers, of which only the page's own is known yet.
 * @param {Page.SeatKey} seat
 */
export function nodesFor(seat) {
  return new Nodes(location.origin, { forbids, moveTo: address => moveTo(address, seat) });
}

/** @param {Pick<SecurityPolicyViolationEvent, 'effectiveDirective' | 'blockedURI'>} violation */
export function noteViolation({ effectiveDirective, blockedURI }) {
  const host = effectiveDirective === 'connect-src' ? hostOf(blockedURI) : null;
  if (host) forbidden.add(host);
}

/**
 * Whether the page has tried to connect to this address and may not.
 * @param {string} address
 */
export function forbids(address) {
  return forbidden.has(hostOf(address) ?? '');
}

/**
 * Opens the page at another server, as the same device: the last resort, because camera and microphone are allowed to an origin.
 * @param {string} address
 * @param {Page.SeatKey} seat
 * @returns {boolean} false when it has done so a moment ago
 */
export function moveTo(address, { ticket, device }) {
  const now = Date.now();
  if (Math.abs(now - Number(recall(MOVED))) < MOVES_APART) return false;
  store(MOVED, String(now));
  location.replace(`${address}${location.pathname}#ticket=${encodeURIComponent(ticket)}&device=${device}`);
  return true;
}

/** @param {string} address */
function hostOf(address) {
  try {
    return new URL(address).host;
  } catch {
    return null;
  }
}
