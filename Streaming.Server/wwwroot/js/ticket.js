/**
 * The ticket of one class: comes in the link's fragment, stays in this tab, leaves the address bar.
 *
 * @typedef {object} TicketClaims what the page reads early, to draw the right face; the hub decides
 * @property {Wire.Role | null} role
 * @property {string | null} name
 * @property {string | null} class
 * @property {number | null} expires ms since 1970
 */

const key = (/** @type {string} */ classId) => `streaming.ticket.${classId}`;

/**
 * The class that a path names; null when it names none.
 * @param {string} path
 */
export function classOf(path) {
  const match = /^\/class\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/.exec(path);
  return match?.[1] ?? null;
}

/**
 * The ticket in a link's fragment; null when there is none.
 * @param {string} hash
 */
export function ticketIn(hash) {
  return new URLSearchParams(hash.replace(/^#/, '')).get('ticket') || null;
}

/**
 * Takes the ticket out of the address, or out of the tab's memory.
 * @param {string} classId
 */
export function takeTicket(classId) {
  const fresh = ticketIn(location.hash);
  if (fresh) {
    store(key(classId), fresh);
    // A link shown on a projector or kept in the history must not open the seat.
    history.replaceState(null, '', location.pathname + location.search);
  }
  return fresh ?? recall(key(classId));
}

/**
 * Reads a ticket's claims without checking anything.
 * @param {string} ticket
 * @returns {TicketClaims}
 */
export function claimsOf(ticket) {
  try {
    const payload = (ticket.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
    const bytes = Uint8Array.from(atob(payload), c => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    const role = String(claims.role ?? '').toLowerCase();
    return {
      role: role === 'teacher' || role === 'student' || role === 'inspector' ? role : null,
      name: typeof claims.name === 'string' ? claims.name : null,
      class: typeof claims.class === 'string' ? claims.class : null,
      expires: typeof claims.exp === 'number' ? claims.exp * 1000 : null,
    };
  } catch {
    return { role: null, name: null, class: null, expires: null };
  }
}

/**
 * What a refusal comes to for this ticket: a door closed over HTTP does not say that the ticket's time is over.
 * @param {string | null} code
 * @param {TicketClaims} claims
 * @param {number} now ms since 1970
 */
export function refusalFor(code, claims, now) {
  return code === 'ticket_invalid' && claims.expires !== null && claims.expires <= now ? 'ticket_expired' : code;
}

/** A stable random id of this tab: the same tab coming back replaces its former connection. */
export function deviceId() {
  const known = recall('streaming.device');
  if (known) return known;
  // randomUUID needs a secure context; a school's first try is often plain http.
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const fresh = 'web-' + Array.from(bytes, b => b.toString(16).padStart(2, '0')).join('');
  store('streaming.device', fresh);
  return fresh;
}

/** @param {string} name */
export function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string} value
 */
export function store(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch {
    // Storage may be forbidden; then a reload asks for the link again.
  }
}
