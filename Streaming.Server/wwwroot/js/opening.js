/**
 * The opening of a class's page: the shortest way to the first sound and picture. The server writes this script into the page itself, so
 * that it runs with the first bytes. It makes the connection that will carry the lesson, over WHEP and under this tab's device name, and plays
 * it in the stage of the page's HTML; the rest of the page (loading.js) takes all of it over.
 * A classic script, because modules come later than the picture could. In pieces, because one long task would keep what comes meanwhile waiting.
 */
(() => {
  // All in ms.
  const SILENT_AFTER = 1_000;   // a slot that is still silent then is probably one that nothing is sent in
  const ANSWER_LIMIT = 10_000;  // a door that says nothing for this long is given up; the hub tries again
  const APART = 20;             // from one slot that begins to play to the next: setting up each takes its time
  const LONGEST_FRAME = 300;    // in the background nothing is drawn, nor waited for
  const SLOTS = /** @type {const} */ (['voice', 'camera', 'screen']);
  const connection = (/** @type {Wire.IceServer[]} */ iceServers) => new RTCPeerConnection({ bundlePolicy: 'max-bundle', iceServers });

  const classId = /^\/class\/([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/?$/.exec(location.pathname)?.[1] ?? '';
  const ticketKey = `streaming.ticket.${classId}`;

  // The tab's memory takes its time on first use: a ticket that has just come with the link is kept once the offer is being made.
  const fragment = new URLSearchParams(location.hash.slice(1));
  const fresh = fragment.get('ticket') || null;
  const ticket = fresh ?? memory(storage => storage.getItem(ticketKey));
  const claims = claimsOf(ticket ?? '');
  /** @type {string | undefined} */
  let device;
  let sounded = () => {};
  let pictured = () => {};
  const begun = attempt(begin);
  let isTaken = false;
  if (fresh) setTimeout(() => keep(fresh));

  window.streamingOpening = {
    classId, ticket, claims, begun, connect, takeFirstWatch, show, memory,
    get device() { return device ??= deviceId(); },
  };

  /**
   * Makes a watcher's connection and its offer: slots that stay what they are, whoever and whatever comes and goes.
   * The offer needs no candidates: the server learns the browser's address from its checks.
   * @param {Wire.IceServer[]} [iceServers] relays, known once the hub has told of them
   */
  function connect(iceServers = []) {
    const pc = connection(iceServers);
    return { pc, offer: offerOf(pc) };
  }

  /** @param {RTCPeerConnection} pc */
  function offerOf(pc) {
    for (const slot of SLOTS) pc.addTransceiver(slot === 'voice' ? 'audio' : 'video', { direction: 'recvonly' });
    const offer = pc.setLocalDescription().then(() => pc.localDescription?.sdp ?? '');
    offer.catch(() => {});  // whoever waits for it is told
    return offer;
  }

  /** The connection that was begun, for whoever takes it over; null when there is none, or when it was taken. */
  function takeFirstWatch() {
    const free = isTaken ? null : begun;
    isTaken = true;
    return free?.pc ? free : null;
  }

  /** @returns {Page.FirstWatch | null} */
  function begin() {
    if (!ticket || claims.class !== classId || (claims.role !== 'student' && claims.role !== 'inspector')) return null;
    if (!('RTCPeerConnection' in globalThis)) return null;
    const offer = breath().then(() => { watch.pc = connection([]); }).then(breath).then(() => offerOf(watch.pc));
    const session = offer.then(sdp => open(watch.pc, ticket, sdp));
    session.catch(() => {});  // the hub will say why
    const watch = /** @type {Page.FirstWatch} */ ({
      offer, session,
      sound: new Promise(resolve => { sounded = resolve; }),
      picture: new Promise(resolve => { pictured = resolve; }),
    });
    return watch;
  }

  /**
   * @param {RTCPeerConnection} pc
   * @param {string} bearer
   * @param {string} sdp
   */
  async function open(pc, bearer, sdp) {
    // Who waits for the DTLS hello gets it with the answer to the first check, and hears the lesson a round trip sooner. If that has failed here (watch.js),
    // the browser says it.
    const setup = memory(storage => storage.getItem('streaming.failed')) ? 'actpass' : 'passive';
    const { body, headers } = await packed(sdp.replaceAll('a=setup:actpass', `a=setup:${setup}`));
    const limit = new AbortController();  // not every browser with WebRTC has AbortSignal.timeout
    setTimeout(() => limit.abort(), ANSWER_LIMIT);
    const asked = fetch(`/whep/${classId}?device=${device ??= deviceId()}`, {
      method: 'POST',
      headers: { 'Authorization': `Bearer ${bearer}`, 'Content-Type': 'application/sdp', ...headers },
      body,
      signal: limit.signal,
    });
    setTimeout(() => play(pc));  // takes its time, which the answer needs anyway
    const reply = await asked;
    const session = reply.headers.get('Location')?.split('/').at(-1);
    if (!reply.ok || !session) throw new Error(`WHEP answered ${reply.status}`);
    await pc.setRemoteDescription({ type: 'answer', sdp: await reply.text() });
    return session;
  }

  /**
   * An offer is eleven kilobytes of repetitions, and uplinks are thin.
   * @param {string} text
   * @returns {Promise<{ body: BodyInit, headers: Record<string, string> }>}
   */
  async function packed(text) {
    if (!('CompressionStream' in globalThis)) return { body: text, headers: {} };
    const gzip = new CompressionStream('gzip');
    const writer = gzip.writable.getWriter();
    for (const told of [writer.write(new TextEncoder().encode(text)), writer.close()]) told.catch(() => {});  // reading fails then, too
    return { body: await new Response(gzip.readable).arrayBuffer(), headers: { 'Content-Encoding': 'gzip' } };
  }

  /**
   * Plays in the stage of the page's HTML, unless the page has taken it already.
   * @param {RTCPeerConnection} pc
   */
  function play(pc) {
    show();
    const stage = document.querySelector('.stage[data-empty]');
    if (!stage) {
      if (document.readyState === 'loading') document.addEventListener('readystatechange', () => play(pc), { once: true });
      return;
    }
    pc.getTransceivers().forEach(({ receiver }, i) => {
      const player = /** @type {HTMLMediaElement | null} */ (stage.querySelector(`.${SLOTS[i]}`));
      if (!player) return;
      if (SLOTS[i] === 'voice') receiver.track.addEventListener('unmute', () => sounded(), { once: true });
      setTimeout(() => playIn(player, new MediaStream([receiver.track])), i * APART);
    });
  }

  /**
   * @param {HTMLMediaElement} player
   * @param {MediaStream} stream
   */
  function playIn(player, stream) {
    if (player instanceof HTMLVideoElement) {
      player.hidden = false;
      player.addEventListener('loadeddata', () => {
        player.dataset.frames = 'some';
        pictured();
      }, { once: true });
      setTimeout(() => letLoad(player, stream), SILENT_AFTER);
    }
    player.srcObject = stream;
    player.play().catch(() => playOnTap(player));
  }

  /**
   * The browser may want a tap first: until whoever takes over asks for one, any will do.
   * @param {HTMLMediaElement} player
   */
  function playOnTap(player) {
    for (const tap of ['pointerup', 'keydown']) addEventListener(tap, () => void player.play().catch(() => {}), { once: true });
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

  /** Nothing of the page is painted before: the first paint would take its time from the offer. Then part by part: a browser's first player, its first text and its first Chinese one take long. */
  async function show() {
    for (const part of ['#page', '.stage[data-empty]', '.note :nth-child(2)', '.note :nth-child(3)']) {
      document.querySelector(part)?.removeAttribute('hidden');
      const drawn = new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
      await Promise.race([drawn, new Promise(resolve => setTimeout(resolve, LONGEST_FRAME))]);
    }
  }

  /** Lets the browser do what is more urgent before it goes on; painting is not. */
  function breath() {
    return 'scheduler' in window ? scheduler.postTask(() => {}, { priority: 'user-blocking' }) : new Promise(resolve => setTimeout(resolve));
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
