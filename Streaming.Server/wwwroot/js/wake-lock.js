/** Keeps the screen on while a lesson runs, where the browser can. */

let wanted = false;
/** @type {WakeLockSentinel | null} */
let lock = null;

/** @param {boolean} awake */
export function keepAwake(awake) {
  if (awake === wanted) return;
  wanted = awake;
  if (awake) void take();
  else void lock?.release().catch(() => {});
}

// The browser takes the lock away with the tab; coming back asks for it again.
globalThis.document?.addEventListener('visibilitychange', () => {
  if (wanted && document.visibilityState === 'visible') void take();
});

async function take() {
  if (lock && !lock.released) return;
  try {
    lock = await navigator.wakeLock?.request('screen') ?? null;
    if (!wanted) await lock?.release();
  } catch {
    // Battery saver, or a browser without it: the lesson runs all the same.
  }
}
