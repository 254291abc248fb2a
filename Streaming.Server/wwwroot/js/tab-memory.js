/** What a tab remembers over a reload. Storage may be forbidden; then nothing is remembered, and nothing breaks. */

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
    // Forbidden.
  }
}
