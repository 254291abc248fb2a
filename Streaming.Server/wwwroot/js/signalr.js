/** The SignalR library: a classic script that the page's HTML has already asked for. */

const PATH = '/lib/signalr.min.js';

/** The server speaks every 10 s; a connection silent for longer than two of these is dead; ms. */
const SERVER_SILENT = 21_000;

/**
 * Waits for the script, and asks again when it did not arrive.
 * @returns {Promise<SignalR.Library>}
 */
export async function loadSignalR() {
  let script = /** @type {HTMLScriptElement | null} */ (document.querySelector(`script[src="${PATH}"]`));
  for (let wait = 500; !window.signalR; wait = Math.min(wait * 2, 5000)) {
    const arrived = script && await settled(script);
    if (window.signalR) break;
    if (!arrived && script) await new Promise(resolve => setTimeout(resolve, wait));
    script?.remove();
    script = document.createElement('script');
    script.src = PATH;
    document.head.append(script);
  }
  return /** @type {SignalR.Library} */ (window.signalR);
}

/**
 * A connection that is yet to be opened.
 * @param {SignalR.Library} library
 * @param {string} url
 * @param {boolean} direct by a WebSocket and nothing else
 * @param {string} ticket
 */
export function connectionTo(library, url, direct, ticket) {
  // Cookies are no business of the hub, and other servers would have to allow them by name.
  const options = { accessTokenFactory: () => ticket, withCredentials: false };
  const connection = new library.HubConnectionBuilder()
    .withUrl(url, direct ? { ...options, skipNegotiation: true, transport: library.HttpTransportType.WebSockets } : options)
    .configureLogging(library.LogLevel.None)
    .build();
  connection.serverTimeoutInMilliseconds = SERVER_SILENT;
  return connection;
}

/** @param {HTMLScriptElement} script */
function settled(script) {
  return new Promise(resolve => {
    script.addEventListener('load', () => resolve(true), { once: true });
    script.addEventListener('error', () => resolve(false), { once: true });
    // It may have failed before anybody listened.
    if ('failed' in script.dataset) resolve(false);
  });
}
