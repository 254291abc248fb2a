/** The teacher's face: one layout before and during the lesson, so that starting it moves nothing. */

import '../staff-texts.js';
import { hands, students } from '../classroom-state.js';
import { el, iconButton, textEl } from '../dom.js';
import { errorKey, hubErrorOf } from '../hub-errors.js';
import { LevelMeter } from '../level-meter.js';
import { Oversight } from '../oversight.js';
import { StillCutter } from '../still-cutter.js';
import { Teaching } from '../teaching.js';
import { Chat } from '../views/chat.js';
import { CheckIn } from '../views/check-in.js';
import { DevicePicker } from '../views/device-picker.js';
import { Announcer, ask } from '../views/notice.js';
import { Panels } from '../views/panels.js';
import { Hands, Roster } from '../views/roster.js';
import { Stage } from '../views/stage.js';
import { TeacherBar } from '../views/teacher-bar.js';
import { Top } from '../views/top.js';
import { keepAwake } from '../wake-lock.js';

/** @implements {Page.Face} */
export class TeacherFace {
  #context;
  /** @type {Wire.LessonPhase | null} */
  #phase = null;
  #unread = 0;

  /** @param {Page.Context} context */
  constructor(context) {
    this.#context = context;
    const { classroom } = context;
    this.teaching = new Teaching(classroom, context.classId, {
      changed: context.changed,
      trouble: (source, trouble) => context.alert(`trouble.${source === 'screen' ? 'screen' : trouble}`),
      refused: code => context.alert(errorKey(code)),
    });
    this.top = new Top(context.classId);
    // Not a link: its address, with the ticket, would be shown on the projector.
    this.top.element.append(iconButton('sheet', 'teacher.attendance', { class: 'quiet', id: 'attendance' }, () =>
      void window.open(`${classroom.hub.address}/attendance/${context.classId}#ticket=${context.opening.ticket}`, '_blank', 'noopener')));
    this.stage = new Stage();
    this.stage.camera.classList.add('mirrored');
    this.picker = new DevicePicker(this.teaching.capture, (kind, id) => void this.teaching.choose(kind, id));
    this.bar = new TeacherBar(this.teaching, {
      start: () => void this.teaching.start(),
      end: () => void this.#end(),
      devices: shown => { this.picker.element.hidden = !shown; },
    });
    this.meter = new LevelMeter(level => {
      this.picker.level.show(level);
      this.bar.level.show(level);
    });
    this.hands = new Hands(member => void this.#call(() => classroom.hub.invoke('LowerHand', member)));
    this.oversight = new Oversight(classroom.hub, context.changed);
    this.stills = new StillCutter(classroom.hub, context.classId, context.opening.ticket ?? '');
    this.roster = new Roster();
    this.checkIn = new CheckIn({
      ask: seconds => this.#call(() => classroom.hub.invoke('AskCheckIn', seconds)),
      close: () => this.#call(() => classroom.hub.invoke('CloseCheckIn')),
    });
    this.people = el('div', { class: 'body people' }, this.roster.element, this.checkIn.element);
    this.chat = new Chat(null, async text => { await classroom.hub.invoke('Say', text); });
    this.panels = new Panels([
      { id: 'hands', title: 'hands.title', icon: 'hand', body: this.hands.element },
      { id: 'people', title: 'roster.title', icon: 'people', body: this.people },
      { id: 'chat', title: 'chat.title', icon: 'chat', body: this.chat.element },
    ]);
    this.panels.element.addEventListener('chosen', () => {
      this.#unread = 0;
      this.chat.shown();
      context.changed();
    });
    this.panels.choose('people');
    this.again = textEl('button', 'teacher.shareAgain', { type: 'button', class: 'primary again', id: 'share-again', hidden: true });
    this.again.addEventListener('click', () => void this.teaching.toggle('screen'));
    this.note = el('p', { class: 'stage-note', id: 'stage-note' });
    this.stage.element.append(this.note, this.again);
    this.announcer = new Announcer();
    this.element = el('div', { class: 'face teacher with-side' },
      this.top.element, el('main', { class: 'main' }, this.stage.element, this.picker.element), this.panels.element, this.bar.element,
      this.announcer.element);
    void this.teaching.prepare();
  }

  joining() {
    this.oversight.joining();
    this.stills.joining();
  }

  /** @param {boolean} sameServer */
  joined(sameServer) {
    this.oversight.joined(sameServer);
    const { state, me } = this.#context.classroom;
    this.chat.me = me?.member ?? null;
    if (state) void this.teaching.joined(state.lesson, sameServer);
  }

  /** @param {string} session */
  mediaClosed(session) {
    this.teaching.publish.mediaClosed(session);
  }

  shown() {}

  render() {
    const { state, hub } = this.#context.classroom;
    const chatVisible = this.chat.isVisible;  // asked for while nothing has changed yet, it costs no layout
    this.#renderStage();
    this.picker.render();
    this.meter.listen(this.teaching.on.has('voice') ? this.teaching.capture.tracks.voice : null);
    this.bar.render(state?.lesson.phase ?? null, hub.link === 'online');
    if (!state) return;
    if (this.#phase === 'live' && state.lesson.phase === 'ended') this.teaching.ended();
    this.#phase = state.lesson.phase;
    const seen = this.teaching.publish.sources.includes('screen') && state.lesson.sources.includes('screen');
    this.stills.follow(seen ? this.teaching.capture.tracks.screen : null, state.still !== null);
    this.top.show(state, hub.link);
    this.hands.show(state);
    this.#renderPeople();
    const fresh = this.chat.show(state.chat);
    this.#unread = chatVisible ? 0 : this.#unread + fresh;
    this.panels.badge('hands', hands(state).length);
    this.panels.badge('people', students(state).length);
    this.panels.badge('chat', this.#unread);
    keepAwake(this.teaching.stage === 'teaching');
  }

  tick() {
    this.top.tick();
    this.#renderPeople();
  }

  /** The seat went to another device, or away. */
  close() {
    this.teaching.release();
    this.stills.follow(null, false);
    this.meter.listen(null);
    keepAwake(false);
  }

  takeOver() {
    this.teaching.takeOver();
    void this.teaching.prepare();
  }

  peerConnections() {
    return { watch: null, publish: this.teaching.publish.peerConnection };
  }

  #renderPeople() {
    const { state, hub } = this.#context.classroom;
    if (!state) return;
    this.roster.show(state, this.oversight.presence);
    this.checkIn.show(state, this.oversight, hub.link === 'online');
  }

  #renderStage() {
    const { capture, on, opening, stage, publish, screenLost } = this.teaching;
    const shown = /** @type {Wire.TrackSource[]} */ (['camera', 'screen']).filter(source => on.has(source) && capture.tracks[source]);
    this.stage.attach({ camera: on.has('camera') ? capture.tracks.camera : null, screen: on.has('screen') ? capture.tracks.screen : null });
    this.stage.show(shown);
    this.stage.showCard(shown.length > 0 ? null
      : opening ? { icon: 'camera', title: 'teacher.opening', text: 'teacher.openingText' }
        : { icon: 'cameraOff', title: 'teacher.noPicture', text: 'teacher.noPictureText' });
    const sending = stage === 'teaching';
    this.stage.showVeil(!sending ? null : publish.flow === 'interrupted' ? 'upstream' : publish.flow === 'opening' ? 'starting' : null);
    const onAir = sending && publish.flow === 'sending' && publish.sources.length > 0;
    const said = onAir ? publish.sources.includes('voice') ? 'teacher.onAir' : 'teacher.onAirMuted' : sending ? 'teacher.nothingSent' : 'teacher.preview';
    this.announcer.tell(sending && publish.flow === 'interrupted' ? 'veil.upstream' : said);
    this.note.dataset.on = String(onAir);
    this.#sayNote(said);
    this.again.hidden = !(sending && screenLost && capture.canShareScreen);
    document.body.dataset.media = publish.flow;
  }

  /** @param {import('../i18n.js').TextKey} text */
  #sayNote(text) {
    if (this.note.dataset.text === text) return;
    this.note.dataset.text = text;
    this.note.replaceChildren(textEl('span', text));
  }

  async #end() {
    const sure = await ask({ title: 'end.title', text: 'end.text', yes: 'end.yes', no: 'end.no' });
    if (sure) await this.#call(() => this.teaching.end());
  }

  /** @param {() => Promise<unknown>} call */
  async #call(call) {
    try {
      await call();
    } catch (failure) {
      this.#context.alert(errorKey(hubErrorOf(failure).code));
    }
  }
}
