/**
 * Refusals of the hub: their codes, and what each means for whoever called.
 *
 * @typedef {'never' | 'ask' | 'later'} Retry never: the ticket opens no seat; ask: only when the user says so; later: by itself
 */

const CODES = /** @type {const} */ ([
  'ticket_missing', 'ticket_invalid', 'ticket_expired', 'wrong_class', 'class_not_found', 'class_full',
  'too_many_devices', 'elsewhere', 'check_in_open', 'check_in_closed', 'not_joined',
  'teacher_present', 'teacher_only', 'inspector_is_silent', 'lesson_not_live', 'sdp_too_large', 'sdp_invalid',
  'no_common_codec', 'session_not_found', 'chat_empty', 'chat_too_long', 'chat_too_fast', 'bad_request', 'busy', 'replaced', 'server_error',
]);

/** @typedef {(typeof CODES)[number]} HubErrorCode */

/** Every code that the page knows. */
export const HUB_ERROR_CODES = CODES;

/** A call that the hub refused (`code` is set) or that never came back (`code` is null). */
export class HubError extends Error {
  /**
   * @param {string} message
   * @param {string | null} code
   */
  constructor(message, code) {
    super(message);
    this.name = 'HubError';
    this.code = code;
  }
}

/**
 * The code of a hub error's message, wherever the framework has put it in; null when there is none.
 * @param {string | null | undefined} message
 */
export function codeOf(message) {
  if (!message) return null;
  const prefix = 'HubException: ';
  const start = message.indexOf(prefix);
  const rest = start < 0 ? message : message.slice(start + prefix.length);
  return /^([a-z_]+):/.exec(rest)?.[1] ?? null;
}

/**
 * What any failure of a call or of a connection attempt comes to.
 * @param {unknown} failure
 * @returns {HubError}
 */
export function hubErrorOf(failure) {
  if (failure instanceof HubError) return failure;
  const message = failure instanceof Error ? failure.message : String(failure);
  const code = codeOf(message);
  if (code && HUB_ERROR_CODES.includes(/** @type {HubErrorCode} */ (code))) return new HubError(message, code);

  // Over HTTP the door may close before the hub is reached; SignalR then names the status only.
  if (/\b(401|403)\b/.test(message)) return new HubError(message, 'ticket_invalid');
  return new HubError(message, null);
}

/**
 * The text key that says a refusal to people.
 * @param {string | null} code
 * @returns {`error.${HubErrorCode | 'unknown'}`}
 */
export function errorKey(code) {
  return HUB_ERROR_CODES.includes(/** @type {HubErrorCode} */ (code))
    ? `error.${/** @type {HubErrorCode} */ (code)}`
    : 'error.unknown';
}

/**
 * Whether to try for the seat again after a refusal.
 * @param {string | null} code
 * @returns {Retry}
 */
export function retryAfter(code) {
  switch (code) {
    case 'ticket_missing':
    case 'ticket_invalid':
    case 'ticket_expired':
    case 'wrong_class':
    case 'class_not_found':
    case 'bad_request':
      return 'never';
    case 'teacher_present':
    case 'too_many_devices':
    case 'replaced':
      return 'ask';
    default:
      return 'later';
  }
}

/**
 * What a refusal comes to for a ticket: a door closed over HTTP does not say that the ticket's time is over.
 * @param {string | null} code
 * @param {number | null} expires ms since 1970
 * @param {number} now ms since 1970
 */
export function refusalFor(code, expires, now) {
  return code === 'ticket_invalid' && expires !== null && expires <= now ? 'ticket_expired' : code;
}

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {number} ms
 * @returns {Promise<T>}
 */
export function withLimit(promise, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new HubError('no answer in time', null)), ms);
  });
  return /** @type {Promise<T>} */ (Promise.race([promise, limit])).finally(() => clearTimeout(timer));
}
