/**
 * Asks for the rest of a class's page when the lesson has begun to come: on a thin link it would stand in the lesson's way. The server writes
 * this script into the page itself, behind everything else. Classic, as opening.js is, and for the same reason.
 */
(() => {
  /** The rest of the page leaves the lesson this much time, in which on a fast link the picture is there sooner than the page could be; ms. */
  const HEAD_START = 500;

  /** On a slow link it waits for the first sound, but for no more round trips than these, counted from the offer; without trouble they are three. */
  const PATIENCE = 8;
  const LONGEST_PATIENCE = 5_000;

  /** What did not come is asked for again after 2, 4, 8 … s, and never later than this; ms. */
  const FIRST_PAUSE = 2_000;
  const LONGEST_PAUSE = 30_000;

  /** How many files are asked for before the browser may do something else. */
  const AT_ONCE = 4;

  /** A page whose modules have come, and do not run within this, has modules that do not fit each other; ms. */
  const RUNS_WITHIN = 5_000;

  const RELOADS = 'streaming.reloads';

  const { begun, memory, show } = /** @type {Page.Opening} */ (window.streamingOpening);
  let runs = false;
  window.streamingLoading = { styled: load(), reload, running };

  /** Asks for the rest of the page; resolves when its styles are there, or are not to be had. */
  async function load() {
    if (begun) await lessonComes(begun);
    show();  // also when the opening did not come as far as that
    const rest = /** @type {HTMLTemplateElement} */ (document.getElementById('rest'));
    const files = /** @type {Element[]} */ (Array.from(rest.content.children, file => document.importNode(file, true)));
    for (const file of files) {
      if (!(file instanceof HTMLScriptElement)) continue;
      file.addEventListener('error', () => { file.dataset.failed = ''; });
      if (file.type !== 'module') continue;
      file.addEventListener('error', reload);
      file.addEventListener('load', () => setTimeout(() => runs || reload(), RUNS_WITHIN));
    }
    const styles = files.filter(file => file instanceof HTMLLinkElement && file.rel === 'stylesheet')
      .map(link => new Promise(resolve => arrive(link, FIRST_PAUSE, resolve)));
    while (files.length > 0) {
      document.head.append(...files.splice(0, AT_ONCE));
      if (files.length > 0) await wait();
    }
    await Promise.all(styles);
  }

  /** @param {Page.FirstWatch} lesson */
  async function lessonComes({ offer, session, sound, picture }) {
    await offer.catch(() => {});
    const sounds = Promise.all([sound, wait(HEAD_START)]);
    await Promise.race([session.then(() => picture, () => {}), sounds, wait(patience())]);
  }

  /** How long the rest of the page waits for the lesson; ms. The page's own answer has told how long a round trip takes. */
  function patience() {
    const [page] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType('navigation'));
    const roundTrip = page ? page.responseStart - page.requestStart : 0;
    return Math.min(Math.max(HEAD_START, PATIENCE * roundTrip), LONGEST_PATIENCE);
  }

  /**
   * Follows a style sheet on its way, and asks for it again when it did not come; the page does not wait for that.
   * @param {Element} link
   * @param {number} pause before the next try; ms
   * @param {(value: unknown) => void} told
   */
  function arrive(link, pause, told) {
    link.addEventListener('load', told);
    link.addEventListener('error', event => {
      told(event);
      setTimeout(() => {
        const again = /** @type {Element} */ (link.cloneNode());
        arrive(again, Math.min(pause * 2, LONGEST_PAUSE), told);
        link.replaceWith(again);
      }, pause);
    });
  }

  /** The page's modules run. */
  function running() {
    runs = true;
    memory(storage => storage.removeItem(RELOADS));
  }

  /** Some of the page did not come: loads all of it again, after a while. */
  function reload() {
    const times = Number(memory(storage => storage.getItem(RELOADS))) || 0;
    memory(storage => storage.setItem(RELOADS, String(times + 1)));
    setTimeout(() => location.reload(), Math.min(FIRST_PAUSE * 2 ** times, LONGEST_PAUSE) * (0.8 + 0.4 * Math.random()));
    const note = document.getElementById('reloading');
    if (note) note.hidden = false;
  }

  /** @param {number} [ms] */
  function wait(ms) {
    return new Promise(resolve => setTimeout(resolve, ms));
  }
})();
