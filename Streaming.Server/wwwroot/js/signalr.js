/**
 * The SignalR library, a classic script that the page's HTML has already asked for; and its MessagePack part, which makes messages smaller
 * and which a page can do without.
 */

import { withLimit } from './hub-errors.js';

const PATH = fileOf('signalr.min.js');

/** Has to run after the library; its bytes are on their way since the library's. */
const PACK_PATH = fileOf('signalr-protocol-msgpack.min.js');

/** When the library is there, the MessagePack part is waited for no longer than this; ms. Whoever comes without it speaks JSON. */
const PACK_LIMIT = 1_500;

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
  await loadPack();
  return /** @type {SignalR.Library} */ (window.signalR);
}

/** Resolves when the MessagePack part is there, did not come, or takes too long; then a later connection may have it. */
async function loadPack() {
  if (window.signalR?.protocols?.msgpack) return;
  const script = document.createElement('script');
  script.src = PACK_PATH;
  const settling = settled(script);
  document.head.append(script);
  await withLimit(settling, PACK_LIMIT).catch(() => {});
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
  const builder = new library.HubConnectionBuilder()
    .withUrl(url, direct ? { ...options, skipNegotiation: true, transport: library.HttpTransportType.WebSockets } : options)
    .configureLogging(library.LogLevel.None);
  // Where no WebSocket opens, server-sent events are the next best, and they carry text only.
  const pack = direct ? library.protocols?.msgpack : undefined;
  if (pack) builder.withHubProtocol(new pack.MessagePackHubProtocol());
  const connection = builder.build();
  connection.serverTimeoutInMilliseconds = SERVER_SILENT;
  return connection;
}

/**
 * The address of a library's file as the page's HTML names it: beside this module.
 * @param {string} name
 */
function fileOf(name) {
  return new URL(`../lib/${name}`, import.meta.url).pathname;
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
