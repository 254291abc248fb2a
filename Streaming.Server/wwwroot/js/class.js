/** The page of one class: takes the ticket, shows the face of its role, and keeps both in step with the class. */

import { Classroom } from './classroom.js';
import { breath, byId, drawn, paced } from './dom.js';
import { StudentFace } from './faces/student.js';
import { errorKey, retryAfter } from './hub-errors.js';
import { onLanguage, startLanguage, t } from './i18n.js';
import { Alerts, noticeElement } from './views/notice.js';

const HIDDEN_FOR_LONG = 10_000;

const { opening, loading, classId, ticket, claims } = taken();
const page = byId('page');
await loading.styled;
await breath();
const alerts = new Alerts();
document.body.append(alerts.element);
startLanguage();

if (!ticket) refuse('ticket_missing');
// The ticket decides which class it opens; under another one's address it would show the wrong name.
else if (claims.class !== null && claims.class !== classId) refuse('wrong_class');
else openClass(ticket).catch(loading.reload);

// A new link for this class, put into the address of this tab, changes nothing but the fragment.
addEventListener('hashchange', () => location.reload());

/** @param {string} seatTicket */
async function openClass(seatTicket) {
  const classroom = new Classroom({ ticket: seatTicket, device: opening.device, expires: claims.expires }, {
    joining: () => { if (!isChanging) face.joining(); },
    joined: (reply, sameServer) => { settled = settled.then(() => arrived(reply.me.role, sameServer)).catch(loading.reload); },
    changed: () => render(),
    mediaClosed: session => face.mediaClosed(session),
  });
  let left = false;
  let shown = false;
  let isChanging = false;
  let settled = Promise.resolve();
  const context = {
    classId,
    classroom,
    opening,
    changed: () => render(),
    alert: alerts.show.bind(alerts),
    leave: () => {
      left = true;
      face.close();
      classroom.hub.leave();
      render();
    },
  };
  const drawSoon = paced(draw, 80);
  const render = () => {
    if (shown) drawSoon();  // a face reports changes while it is still being made
  };
  let role = claims.role ?? 'student';
  await breath();
  let face = await faceOf(role, context);  // takes the stage out of the page: no frame may come before it is shown again
  void show(face);
  shown = true;
  await breath();
  window.streamingDebug = { peerConnections: () => face.peerConnections(), state: () => classroom.state };
  classroom.enter();
  followTheWorld(classroom, () => face);
  onLanguage(() => {
    document.title = t('title.class', { id: classId });
    render();
  });
  document.title = t('title.class', { id: classId });
  setInterval(() => { if (!document.hidden) face.tick(); }, 1000);
  render();

  /**
   * @param {Wire.Role} told the role by the server's word, whatever the ticket looked like
   * @param {boolean} sameServer
   */
  async function arrived(told, sameServer) {
    if (told !== role) {
      role = told;
      isChanging = true;
      face.close();
      face = await faceOf(role, context);
      isChanging = false;
      void show(face);
      if (left) return face.close();
    }
    face.joined(sameServer);
    render();
  }

  function draw() {
    const { body } = document;
    body.dataset.hub = classroom.hub.link;
    body.dataset.phase = classroom.state?.lesson.phase ?? '';
    if (left) return cover('left');
    if (classroom.refusal && classroom.refusal !== 'busy') return cover(classroom.refusal);
    uncover();
    face.render();
  }

  /** @param {string} code */
  function cover(code) {
    if (document.body.dataset.notice === code) return;
    // The hub keeps trying for some; what still plays or is sent goes on meanwhile.
    if (code === 'left' || retryAfter(code) !== 'later') face.close();
    refuse(code, () => {
      left = false;
      classroom.enter();
      uncover();
      face.takeOver?.();
    });
  }
}

/** What the page's own script has begun. */
function taken() {
  const { streamingOpening: opening, streamingLoading: loading } = window;
  if (!opening || !loading) throw new Error('The page came without its opening.');
  loading.running();
  const { classId, ticket, claims } = opening;
  return { opening, loading, classId, ticket, claims };
}

/**
 * @param {Wire.Role} role
 * @param {Page.Context} context
 * @returns {Promise<Page.Face>}
 */
async function faceOf(role, context) {
  switch (role) {
    // A student's page is the one that must be small; the others fetch what they need on top.
    case 'teacher': return new (await import('./faces/teacher.js')).TeacherFace(context);
    case 'inspector': return new (await import('./faces/inspector.js')).InspectorFace(context);
    default: return StudentFace.make(context);
  }
}

/**
 * Shows a face: what the lesson plays in at once, and the rest of it piece by piece, so that no single layout holds everything up.
 * What stands at the end of a line, behind its gap, comes after what stands before it: nothing moves.
 * @param {Page.Face} face
 */
async function show(face) {
  document.body.dataset.face = face.element.classList.item(1) ?? '';
  const pieces = Array.from(face.element.children).filter(part => !part.matches('.main'))
    .flatMap(part => [[part], Array.from(part.querySelectorAll(':scope > .grow ~ *'))]);
  for (const part of pieces.flat()) part.classList.add('to-come');
  page.replaceChildren(face.element);
  face.shown();  // browsers pause what plays in a stage that was out of the page for a moment
  for (const piece of pieces.filter(({ length }) => length > 0)) {
    await drawn();
    for (const part of piece) part.classList.remove('to-come');
  }
}

/**
 * Covers the page with the reason why there is no lesson to see.
 * @param {string} code
 * @param {() => void} [enter]
 */
function refuse(code, enter) {
  document.getElementById('notice')?.remove();
  document.body.dataset.notice = code;
  page.inert = true;
  document.body.append(code === 'left'
    ? noticeElement({ icon: 'leave', title: 'notice.left', text: 'notice.leftText', action: 'notice.comeBack', act: enter })
    : code === 'replaced'
      ? noticeElement({ icon: 'screen', title: 'notice.replaced', text: 'notice.replacedText', action: 'notice.takeOver', act: enter })
      : retryAfter(code) === 'ask'
        ? noticeElement({ icon: 'alert', title: 'notice.notNow', text: errorKey(code), action: 'notice.tryAgain', act: enter })
        : noticeElement({ icon: 'alert', title: retryAfter(code) === 'never' ? 'notice.noEntry' : 'notice.notNow', text: errorKey(code) }));
}

function uncover() {
  delete document.body.dataset.notice;
  page.inert = false;
  document.getElementById('notice')?.remove();
}

/**
 * Networks come and go, tabs sleep, phones freeze pages: each return is a moment to look whether all is still there.
 * @param {Classroom} classroom
 * @param {() => Page.Face} face
 */
function followTheWorld(classroom, face) {
  let hiddenAt = 0;
  const look = () => {
    classroom.hub.hurry();
    void classroom.refresh();
    face().shown();
  };
  const moved = () => {
    look();
    face().moved?.();
  };
  addEventListener('online', moved);
  // Not everywhere; where it is, it also tells of each new guess at the link's speed, which is no move.
  const { connection } = /** @type {{ connection?: EventTarget & { type?: string } }} */ (/** @type {unknown} */ (navigator));
  let type = connection?.type;
  connection?.addEventListener('change', () => {
    if (connection.type === type) return;
    type = connection.type;
    if (type !== 'none') moved();
  });
  addEventListener('pageshow', event => { if (event.persisted) look(); });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hiddenAt = Date.now();
    else if (Date.now() - hiddenAt > HIDDEN_FOR_LONG) look();
    else face().shown();
  });
}
