/** The ticket of this page: comes in the address's fragment, stays in the tab, and is gone from the address. */

import { recall, store } from '../tab-memory.js';

/** @typedef {{ classId: string, text: string | null, role: string | null }} PageTicket */

/** @returns {PageTicket} */
export function takeTicket() {
  const classId = /^\/attendance\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/.exec(location.pathname)?.[1] ?? '';
  const key = `streaming.attendance.${classId}`;
  const fresh = new URLSearchParams(location.hash.slice(1)).get('ticket');
  if (fresh) {
    store(key, fresh);
    // A link shown on a projector or kept in the history must not open the attendance.
    history.replaceState(null, '', location.pathname + location.search);
  }
  const text = fresh || recall(key);
  return { classId, text, role: roleIn(text ?? '') };
}

/**
 * The role that a ticket says, without checking anything: the server decides, this only draws the right buttons.
 * @param {string} ticket
 */
export function roleIn(ticket) {
  try {
    const payload = (ticket.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const { role } = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), c => c.charCodeAt(0))));
    return typeof role === 'string' ? role : null;
  } catch {
    return null;
  }
}
