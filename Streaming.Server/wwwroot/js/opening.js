/**
 * The opening of a class's page: the shortest way to the first sound and picture. The server writes this script into the page itself, so
 * that it runs with the first bytes. It makes the connection that will carry the lesson, over WHEP and under this tab's device name,
 * plays it in the stage of the page's HTML, and only then asks for the rest of the page, which takes all of it over.
 * A classic script, because modules come later than the picture could.
 */
(() => {
  /** The rest of the page waits no longer than this for a picture, which on a fast link is there sooner than the page could be; ms. */
  const HEAD_START = 500;

  /** A slot that is still silent after this long is probably one that nothing is sent in; ms. */
  const SILENT_AFTER = 1_000;

  /** A door that says nothing for this long is given up; the hub tries again; ms. */
  const ANSWER_LIMIT = 10_000;

  /** What did not come is asked for again after 2, 4, 8 … s, and never later than this; ms. */
  const FIRST_PAUSE = 2_000;
  const LONGEST_PAUSE = 30_000;

  const SLOTS = /** @type {const} */ (['voice', 'camera', 'screen']);
  const RELOADS = 'streaming.reloads';

  const classId = /^\/class\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/.exec(location.pathname)?.[1] ?? '';
  const ticketKey = `streaming.ticket.${classId}`;

  // The tab's memory takes its time on first use: a ticket that has just come with the link is kept once the offer is being made.
  const fragment = new URLSearchParams(location.hash.slice(1));
  const fresh = fragment.get('ticket') || null;
  const ticket = fresh ?? memory(storage => storage.getItem(ticketKey));
  const claims = claimsOf(ticket ?? '');
  let pictured = () => {};
  /** @type {Promise<void>} */
  const picture = new Promise(resolve => { pictured = resolve; });
  let first = attempt(begin);
  if (fresh) keep(fresh);
  const device = deviceId();

  const styled = loadPage(first);
  window.streamingOpening = { classId, ticket, claims, device, styled, connect, takeFirstWatch, reload };

  /**
   * Makes a watcher's connection and its offer: slots that stay what they are, whoever and whatever comes and goes.
   * The offer needs no candidates: the server learns the browser's address from its checks.
   * @param {Wire.IceServer[]} [iceServers] relays, known once the hub has told of them
   */
  function connect(iceServers = []) {
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });
    for (const slot of SLOTS) pc.addTransceiver(slot === 'voice' ? 'audio' : 'video', { direction: 'recvonly' });
    const offer = pc.setLocalDescription().then(() => pc.localDescription?.sdp ?? '');
    offer.catch(() => {});  // whoever waits for it is told
    return { pc, offer };
  }

  /** The connection that was begun, for whoever takes it over; null when there is none, or when it was taken. */
  function takeFirstWatch() {
    const taken = first;
    first = null;
    return taken;
  }

  /** Some of the page did not come: loads all of it again, after a while. */
  function reload() {
    const times = Number(memory(storage => storage.getItem(RELOADS))) || 0;
    memory(storage => storage.setItem(RELOADS, String(times + 1)));
    setTimeout(() => location.reload(), Math.min(FIRST_PAUSE * 2 ** times, LONGEST_PAUSE) * (0.8 + 0.4 * Math.random()));
    const note = document.getElementById('reloading');
    if (note) note.hidden = false;
  }

  function begin() {
    if (!ticket || claims.class !== classId || (claims.role !== 'student' && claims.role !== 'inspector')) return null;
    const { pc, offer } = connect();
    const session = offer.then(sdp => open(pc, ticket, sdp));
    session.catch(() => {});  // the hub will say why
    play(pc);
    return { pc, offer, session };
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {string} bearer
   * @param {string} sdp
   */
  async function open(pc, bearer, sdp) {
    const reply = await fetch(`/whep/${classId}?device=${device}`, {
      method: 'POST',
      headers: { 'Authorization': `Bearer ${bearer}`, 'Content-Type': 'application/sdp' },
      body: sdp,
      signal: AbortSignal.timeout(ANSWER_LIMIT),
    });
    const session = reply.headers.get('Location')?.split('/').at(-1);
    if (!reply.ok || !session) throw new Error(`WHEP answered ${reply.status}`);
    await pc.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
    return session;
  }

  /**
   * Plays in the stage of the page's HTML, unless the page has taken it already.
   * @param {RTCPeerConnection} pc
   */
  function play(pc) {
    const stage = document.querySelector('.stage[data-empty]');
    if (!stage) {
      if (document.readyState === 'loading') document.addEventListener('readystatechange', () => play(pc), { once: true });
      return;
    }
    pc.getTransceivers().forEach(({ receiver }, i) => {
      const player = /** @type {HTMLMediaElement | null} */ (stage.querySelector(`.${SLOTS[i]}`));
      if (!player) return;
      const stream = new MediaStream([receiver.track]);
      if (player instanceof HTMLVideoElement) player.addEventListener('loadeddata', () => {
        player.dataset.frames = 'some';
        pictured();
      }, { once: true });
      player.srcObject = stream;
      player.play().catch(() => {});  // whoever takes over asks for the tap that the browser wants
      if (player instanceof HTMLVideoElement) setTimeout(() => letLoad(player, stream), SILENT_AFTER);
    });
  }

  /**
   * A picture without data keeps the browser's own sign of loading turning: until the page has loaded, a silent slot plays nothing.
   * @param {HTMLVideoElement} player
   * @param {MediaStream} stream
   */
  function letLoad(player, stream) {
    const track = stream.getVideoTracks()[0];
    if (document.readyState === 'complete' || !track?.muted || player.srcObject !== stream) return;
    const back = () => {
      player.srcObject ??= stream;
      player.play().catch(() => {});
    };
    player.srcObject = null;
    addEventListener('load', back, { once: true });
    track.addEventListener('unmute', back, { once: true });
  }

  /**
   * Asks for the rest of the page; resolves when its styles are there, or are not to be had.
   * @param {Page.FirstWatch | null} begun
   */
  async function loadPage(begun) {
    if (document.readyState === 'loading') await new Promise(resolve => document.addEventListener('readystatechange', resolve, { once: true }));
    if (begun) {
      await begun.offer.catch(() => {});
      await Promise.race([begun.session.then(() => picture, () => {}), new Promise(resolve => setTimeout(resolve, HEAD_START))]);
    }
    const rest = /** @type {HTMLTemplateElement} */ (document.getElementById('rest'));
    const files = /** @type {DocumentFragment} */ (rest.content.cloneNode(true));
    const page = files.querySelector('script[type="module"]');
    page?.addEventListener('error', reload);
    page?.addEventListener('load', () => memory(storage => storage.removeItem(RELOADS)));
    for (const script of files.querySelectorAll('script')) script.addEventListener('error', () => { script.dataset.failed = ''; });
    const styles = Array.from(files.querySelectorAll('link[rel="stylesheet"]'), link => new Promise(resolve => arrive(link, FIRST_PAUSE, resolve)));
    document.head.append(files);
    await Promise.all(styles);
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

  /** @param {string} newcomer */
  function keep(newcomer) {
    memory(storage => storage.setItem(ticketKey, newcomer));
    // A link shown on a projector or kept in the history must not open the seat.
    history.replaceState(null, '', location.pathname + location.search);
  }

  /**
   * Reads a ticket's claims without checking anything: the hub decides.
   * @param {string} text
   * @returns {Page.TicketClaims}
   */
  function claimsOf(text) {
    try {
      const payload = (text.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/');
      const read = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), c => c.charCodeAt(0))));
      const role = String(read.role ?? '').toLowerCase();
      return {
        role: role === 'teacher' || role === 'student' || role === 'inspector' ? role : null,
        class: typeof read.class === 'string' ? read.class : null,
        expires: typeof read.exp === 'number' ? read.exp * 1000 : null,
      };
    } catch {
      return { role: null, class: null, expires: null };
    }
  }

  /** A stable random id of this tab: the same tab coming back replaces its former connection. */
  function deviceId() {
    // A page that another server has sent here stays the device that it was there.
    const brought = /^web-[0-9a-f]{24}$/.exec(fragment.get('device') ?? '')?.[0];
    const known = brought ?? memory(storage => storage.getItem('streaming.device'));
    if (known && known !== brought) return known;
    // randomUUID needs a secure context; a school's first try is often plain http.
    const made = brought ?? 'web-' + Array.from(crypto.getRandomValues(new Uint8Array(12)), b => b.toString(16).padStart(2, '0')).join('');
    memory(storage => storage.setItem('streaming.device', made));
    return made;
  }

  /**
   * The tab's memory may be forbidden; then a reload asks for the link again.
   * @template T
   * @param {(storage: Storage) => T} act
   */
  function memory(act) {
    return attempt(() => act(sessionStorage));
  }

  /**
   * @template T
   * @param {() => T} act
   */
  function attempt(act) {
    try {
      return act();
    } catch {
      return null;
    }
  }
})();
