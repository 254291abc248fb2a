/** The SignalR library: a classic script that the page's HTML has already asked for. */

const PATH = '/lib/signalr.min.js';

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

/** @param {HTMLScriptElement} script */
function settled(script) {
  return new Promise(resolve => {
    script.addEventListener('load', () => resolve(true), { once: true });
    script.addEventListener('error', () => resolve(false), { once: true });
    // It may have failed before anybody listened.
    if ('failed' in script.dataset) resolve(false);
  });
}
