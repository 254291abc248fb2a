import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';

const [opening, loading] = ['opening', 'loading'].map(name => readFileSync(new URL(`../../Streaming.Server/wwwroot/js/${name}.js`, import.meta.url), 'utf8'));
const ticketOf = claims => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
const student = ticketOf({ role: 'student', class: 'math-7', exp: 1_800_000_000 });
const soon = () => new Promise(resolve => setImmediate(resolve));

/** A style sheet that notes what it is replaced with. */
class HTMLLinkElement extends EventTarget {
  rel = 'stylesheet';
  cloneNode() { return new HTMLLinkElement(); }
  replaceWith(next) { this.next = next; }
}

class HTMLScriptElement extends EventTarget {
  dataset = {};
  constructor(type) {
    super();
    this.type = type;
  }
}

/** A page that has just been opened, with what a browser would give it. */
function open({ path = '/class/math-7', hash = '', stored = {}, forbidden = false, reply, webRtc = true, offers = true, silent = false, roundTrip = 20, packs = false } = {}) {
  const page = { silent, heard: 0, asked: [], connections: [], appended: [], addresses: [], reloads: 0, timers: [], onWindow: {}, stored: new Map(Object.entries(stored)) };
  const storage = {
    getItem: name => page.stored.get(name) ?? null,
    setItem: (name, value) => page.stored.set(name, value),
    removeItem: name => page.stored.delete(name),
  };
  class RTCPeerConnection extends EventTarget {
    connectionState = 'new';
    localDescription = null;
    slots = [];
    constructor() {
      super();
      page.connections.push(this);
    }
    addTransceiver(kind, { direction }) { this.slots.push(`${kind} ${direction}`); }
    getTransceivers() { return page.tracks.map(track => ({ receiver: { track } })); }
    async setLocalDescription() {
      if (!offers) throw new Error('InvalidStateError');
      this.localDescription = { sdp: 'a=setup:actpass offer' };
    }
    async setRemoteDescription(answer) { this.answer = answer; }
  }
  class HTMLVideoElement extends EventTarget {
    dataset = {};
    srcObject = null;
    async play() {}
  }
  class MediaStream {
    constructor([track]) { this.track = track; }
    getVideoTracks() { return [this.track]; }
  }
  page.tracks = [0, 1, 2].map(() => Object.assign(new EventTarget(), { muted: true }));
  page.players = { '.camera': new HTMLVideoElement(), '.screen': new HTMLVideoElement(), '.voice': new EventTarget() };
  page.players['.voice'].play = async () => {
    if (page.silent) throw new Error('NotAllowedError');
    page.heard++;
  };
  page.document = Object.assign(new EventTarget(), {
    readyState: 'interactive',
    querySelector: part => part === '#page' ? page.body : part.startsWith('.stage') ? page.stage : null,
    getElementById: id => ({ rest: { content: { children: [page.link, page.script, page.module] } }, reloading: page.note })[id],
    importNode: node => node,
    head: { append: (...files) => page.appended.push(files) },
  });
  [page.module, page.script, page.link] = [new HTMLScriptElement('module'), new HTMLScriptElement(''), new HTMLLinkElement()];
  page.note = { hidden: true };
  const hidden = rest => Object.assign({ hidden: true, removeAttribute(name) { this[name] = false; } }, rest);
  page.body = hidden();
  page.stage = hidden({ querySelector: name => page.players[name] ?? null });
  const window = {};
  const realm = {
    window,
    document: page.document,
    addEventListener: (name, act) => page.onWindow[name] = act,
    HTMLVideoElement, HTMLLinkElement, HTMLScriptElement, MediaStream,
    performance: { getEntriesByType: () => [{ requestStart: 100, responseStart: 100 + roundTrip }] },
    location: { pathname: path, hash, search: '', reload: () => page.reloads++ },
    history: { replaceState: (_state, _title, address) => page.addresses.push(address) },
    get sessionStorage() {
      if (forbidden) throw new Error('SecurityError');
      return storage;
    },
    fetch: async (url, init) => {
      page.asked.push({ url, ...init });
      return reply?.() ?? new Response('answer', { status: 201, headers: { Location: '/whep/math-7/abc123' } });
    },
    // Without a time, or with that of a frame or two, it is a breath, and nobody waits for that.
    requestAnimationFrame: act => act(),
    setTimeout: (act, ms) => ms === undefined || ms < 50 ? act() : ms === 300 || page.timers.push({ act, ms }),  // no frame is given up
    URLSearchParams, AbortController, TextDecoder, TextEncoder, Uint8Array, Error, Response, atob, crypto,
    ...(webRtc ? { RTCPeerConnection } : {}),
    ...(packs ? { CompressionStream } : {}),
  };
  createContext(realm);
  runInContext(opening, realm);
  runInContext(loading, realm);
  page.loading = window.streamingLoading;
  page.opening = window.streamingOpening;
  return page;
}

test('a ticket comes with the link, stays in the tab, and leaves the address', () => {
  const page = open({ hash: `#x=1&ticket=${student}` });
  assert.equal(page.opening.ticket, student);
  assert.equal(page.stored.get('streaming.ticket.math-7'), student);
  assert.deepEqual(page.addresses, ['/class/math-7']);
  assert.match(page.opening.device, /^web-[0-9a-f]{24}$/);

  const again = open({ stored: Object.fromEntries(page.stored) });
  assert.equal(again.opening.ticket, student);
  assert.equal(again.opening.device, page.opening.device);
  assert.deepEqual(again.addresses, []);
});

test('a page that another server has sent here stays the device that it was', () => {
  const device = 'web-0123456789abcdef01234567';
  const page = open({ hash: `#ticket=${student}&device=${device}`, stored: { 'streaming.device': 'web-ffffffffffffffffffffffff' } });
  assert.equal(page.opening.device, device);
  assert.equal(page.stored.get('streaming.device'), device);
  assert.deepEqual(page.addresses, ['/class/math-7']);
  assert.match(open({ hash: `#ticket=${student}&device=../x` }).opening.device, /^web-[0-9a-f]{24}$/);
});

test('an address names its class or none', () => {
  assert.equal(open({ path: '/class/math-7/' }).opening.classId, 'math-7');
  for (const path of ['/class/', '/class/a/b', '/class/-a', '/', `/class/${'x'.repeat(65)}`]) assert.equal(open({ path }).opening.classId, '');
});

test('claims are read early, and a ticket that is none claims nothing', () => {
  const claimsOf = text => ({ ...open({ hash: `#ticket=${text}` }).opening.claims });
  const nothing = { role: null, class: null, expires: null };
  assert.deepEqual(claimsOf(ticketOf({ role: 'teacher', name: '林老师', class: 'math-7', exp: 1_800_000_000 })),
    { role: 'teacher', class: 'math-7', expires: 1_800_000_000_000 });
  assert.deepEqual(claimsOf(ticketOf({ role: 'Inspector' })), { ...nothing, role: 'inspector' });
  assert.deepEqual(claimsOf(ticketOf({ role: 'admin', exp: 'soon', class: 7 })), nothing);
  for (const broken of ['x', 'a.b.c', 'a.e30', '..', '%']) assert.deepEqual(claimsOf(broken), nothing);
});

test('a student’s lesson is asked for at once, under the tab’s name', async () => {
  const page = open({ hash: `#ticket=${student}`, packs: true });
  while (page.asked.length === 0) await soon();
  await soon();
  const [post] = page.asked;
  assert.equal(post.url, `/whep/math-7?device=${page.opening.device}`);
  assert.match(page.opening.device, /^web-[0-9a-f]{24}$/);
  assert.deepEqual([post.method, `${gunzipSync(post.body)}`, post.headers.Authorization, post.headers['Content-Type'], post.headers['Content-Encoding']],
    ['POST', 'a=setup:passive offer', `Bearer ${student}`, 'application/sdp', 'gzip'], 'and the server says the DTLS hello');
  assert.equal(page.body.hidden, false, 'from here on the page may be painted');

  const first = page.opening.takeFirstWatch();
  assert.equal(await first.session, 'abc123');
  assert.deepEqual(first.pc.slots, ['audio recvonly', 'video recvonly', 'video recvonly']);
  assert.deepEqual({ ...first.pc.answer }, { type: 'answer', sdp: 'answer' });
  assert.equal(page.opening.takeFirstWatch(), null, 'only one may have it');
});

test('an inspector’s lesson too; a teacher, a stranger and a browser without WebRTC ask for nothing', async () => {
  const asking = async setup => {
    const page = open(setup);
    await soon();
    return [page.asked.length, page.connections.length, page.opening.takeFirstWatch() === null];
  };
  const link = claims => ({ hash: `#ticket=${ticketOf({ class: 'math-7', ...claims })}` });
  assert.deepEqual(await asking(link({ role: 'inspector' })), [1, 1, false]);
  assert.deepEqual(await asking(link({ role: 'teacher' })), [0, 0, true]);
  assert.deepEqual(await asking(link({ role: 'student', class: 'art-1' })), [0, 0, true]);
  assert.deepEqual(await asking({}), [0, 0, true]);
  assert.deepEqual(await asking({ ...link({ role: 'student' }), webRtc: false }), [0, 0, true]);
});

test('a closed door is no answer', async () => {
  for (const reply of [() => new Response('{}', { status: 403 }), () => new Response('x', { status: 201 }), () => { throw new Error('offline'); }]) {
    const page = open({ hash: `#ticket=${student}`, reply });
    await assert.rejects(page.opening.begun.session);
    await soon();
    assert.equal(page.appended.length, 1, 'the page comes at once and says why');
    assert.equal(page.body.hidden, false);
  }
});

test('a browser that makes no offer shows the page all the same', async () => {
  const page = open({ hash: `#ticket=${student}`, offers: false });
  await assert.rejects(page.opening.begun.session);
  await soon();
  assert.deepEqual([page.asked.length, page.appended.length, page.body.hidden], [0, 1, false]);
});

test('in a tab where an opening has failed the browser says the DTLS hello', async () => {
  const page = open({ hash: `#ticket=${student}`, stored: { 'streaming.failed': 'yes' } });
  await soon();
  assert.equal(page.asked[0].body, 'a=setup:actpass offer');
});

test('a door that says nothing is given up', async () => {
  const page = open({ hash: `#ticket=${student}`, reply: () => new Promise(() => {}) });
  await soon();
  const { signal } = page.asked[0];
  assert.equal(signal.aborted, false);
  page.timers.find(timer => timer.ms === 10_000).act();
  assert.equal(signal.aborted, true);
});

test('a browser that cannot compress sends its offer as it is', async () => {
  const page = open({ hash: `#ticket=${student}` });
  await soon();
  assert.deepEqual([page.asked[0].body, page.asked[0].headers['Content-Encoding']], ['a=setup:passive offer', undefined]);
});

test('on a slow link the rest of the page waits for the first sound, and for some round trips if there is none', async () => {
  const page = open({ hash: `#ticket=${student}`, roundTrip: 400 });
  await soon();
  assert.deepEqual(page.timers.map(timer => timer.ms).filter(ms => ms !== 1_000 && ms !== 10_000).sort(), [3_200, 500]);
  page.timers.find(timer => timer.ms === 500).act();
  await soon();
  assert.equal(page.appended.length, 0);
  page.tracks[0].dispatchEvent(new Event('unmute'));
  await soon();
  assert.equal(page.appended.length, 1);

  const silent = open({ hash: `#ticket=${student}`, roundTrip: 400 });
  await soon();
  silent.timers.find(timer => timer.ms === 3_200).act();
  await soon();
  assert.equal(silent.appended.length, 1);

  const slowest = open({ hash: `#ticket=${student}`, roundTrip: 2_000 });
  await soon();
  assert.ok(slowest.timers.some(timer => timer.ms === 5_000));
});

test('the rest of the page waits for the first picture, but not long', async () => {
  const page = open({ hash: `#ticket=${student}` });
  await soon();
  assert.equal(page.appended.length, 0);
  page.players['.screen'].dispatchEvent(new Event('loadeddata'));
  await soon();
  assert.equal(page.appended.length, 1);
  assert.deepEqual([page.players['.screen'].dataset.frames, page.players['.camera'].dataset.frames], ['some', undefined]);

  const slow = open({ hash: `#ticket=${student}` });
  await soon();
  for (const { act } of slow.timers.filter(timer => timer.ms === 500)) act();
  await soon();
  assert.equal(slow.appended.length, 1);

  const teacher = open({ hash: `#ticket=${ticketOf({ role: 'teacher', class: 'math-7' })}` });
  await soon();
  assert.equal(teacher.appended.length, 1);
});

test('where the browser wants a tap before there is sound, any will do', async () => {
  const page = open({ hash: `#ticket=${student}`, silent: true });
  await soon();
  await soon();
  assert.equal(page.heard, 0);
  page.silent = false;
  page.onWindow.pointerup();
  assert.equal(page.heard, 1);
});

test('a slot in which nothing is sent does not keep the page from having loaded', async () => {
  const page = open({ hash: `#ticket=${student}` });
  await soon();
  const [, camera, screen] = page.tracks;
  const playing = () => ['.camera', '.screen'].map(name => page.players[name].srcObject?.track ?? null);
  assert.deepEqual(playing(), [camera, screen]);

  camera.muted = false;
  for (const { act } of page.timers.filter(timer => timer.ms === 1_000)) act();
  assert.deepEqual(playing(), [camera, null]);
  page.onWindow.load();
  assert.deepEqual(playing(), [camera, screen]);
});

test('a style sheet that did not come is asked for again, and the page does not wait for it', async () => {
  const page = open();
  await soon();
  page.link.dispatchEvent(new Event('error'));
  await page.loading.styled;
  page.timers.find(timer => timer.ms === 2_000).act();
  page.link.next.dispatchEvent(new Event('error'));
  page.timers.find(timer => timer.ms === 4_000).act();
  assert.ok(page.link.next.next);
});

test('a script that failed before anybody listened is known to have failed', async () => {
  const page = open();
  await soon();
  assert.equal('failed' in page.script.dataset, false);
  page.script.dispatchEvent(new Event('error'));
  assert.equal('failed' in page.script.dataset, true);
});

test('where the tab may remember nothing, all works but a reload', async () => {
  const page = open({ hash: `#ticket=${student}`, forbidden: true });
  await soon();
  assert.equal(page.asked[0].url, `/whep/math-7?device=${page.opening.device}`);
  assert.deepEqual(page.addresses, ['/class/math-7']);
});

test('a page whose modules do not come is loaded again, later each time', async () => {
  let stored = {};
  for (const [least, most] of [[1_600, 2_400], [3_200, 4_800], [6_400, 9_600]]) {
    const page = open({ stored });
    await soon();
    page.module.dispatchEvent(new Event('error'));
    const [{ act, ms }] = page.timers;
    assert.ok(ms >= least && ms <= most, `${ms} ms`);
    assert.equal(page.note.hidden, false);
    act();
    assert.equal(page.reloads, 1);
    stored = Object.fromEntries(page.stored);
  }
  const page = open({ stored });
  await soon();
  page.loading.running();
  assert.equal(page.stored.has('streaming.reloads'), false);
});

test('a page whose modules have come, and do not fit each other, is loaded again', async () => {
  for (const [fit, reloads] of [[true, 0], [false, 1]]) {
    const page = open();
    await soon();
    if (fit) page.loading.running();
    page.module.dispatchEvent(new Event('load'));  // also when linking them failed
    page.timers.find(timer => timer.ms === 5_000).act();
    assert.equal(page.note.hidden, fit);
    page.timers.filter(timer => timer.ms < 5_000).forEach(timer => timer.act());
    assert.equal(page.reloads, reloads);
  }
});
