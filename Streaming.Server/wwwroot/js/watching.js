/** The watcher's side of a lesson, for students and inspectors alike: the stage, and what it says when there is no picture. */

import { lessonFace } from './classroom-state.js';
import { breath, el, textEl } from './dom.js';
import { t } from './i18n.js';
import { icon } from './icons.js';
import { askAgain } from './reconnect.js';
import { awaited } from './rung.js';
import { Announcer } from './views/notice.js';
import { Stage } from './views/stage.js';
import { keepAwake } from './wake-lock.js';
import { Watch } from './watch.js';

/** A flash of "one moment" at every join would only disturb; ms. */
const OPENING_SHOWN_AFTER = 600;

export class Watching {
  stage = new Stage();
  announcer = new Announcer();
  /** Silence with a picture looks like broken sound, and a class would search for the fault at home. */
  muted = el('p', { class: 'stage-note at-end', id: 'muted-note', hidden: true }, icon('micOff'), textEl('span', 'stage.muted'));

  /** How much of the lesson comes here. @type {Wire.Rung} */
  rung = 'picture';
  /** What is there for weak links; comes with the seat. @type {import('./ladder.js').Ladder | null} */
  ladder = null;

  #context;
  #classroom;
  #openingSince = 0;
  #impossible = false;

  /**
   * @param {Page.Context} context
   */
  constructor(context) {
    const { classroom, opening, changed } = context;
    this.#context = context;
    this.#classroom = classroom;
    this.stage.element.append(this.muted);
    classroom.hub.listen('Rung', (/** @type {Wire.Rung} */ rung) => {
      this.rung = rung;
      changed();
    });
    this.watch = new Watch(classroom.hub, opening, {
      tracks: tracks => this.stage.attach(tracks),
      flow: flow => {
        document.body.dataset.media = flow;
        changed();
      },
      suspicious: () => classroom.refresh(),
      impossible: () => {
        this.#impossible = true;
        changed();
      },
    });
    this.watch.begin();
    void this.stage.play();
  }

  /** Whether something is sent, and nothing of it moves or sounds here. */
  get isStalled() {
    const { state } = this.#classroom;
    return Boolean(state && lessonFace(state) === 'live') && (this.#impossible || this.watch.flow === 'stalled' || this.watch.flow === 'starved');
  }

  /** Join is on its way: the offer follows it without waiting for the reply, and what comes here is told anew. */
  joining() {
    this.rung = 'picture';
    if (!this.watch.isOpen) void this.watch.open();
  }

  /**
   * The seat was taken (again).
   * @param {boolean} sameServer
   */
  joined(sameServer) {
    this.watch.joined(sameServer);
    if (this.ladder) this.ladder.joined();
    else void this.#climb();
  }

  render() {
    const { state } = this.#classroom;
    if (!state) {
      if (!this.stage.isPlaying) this.stage.showCard({ icon: 'wait', title: 'card.joining', text: 'card.joiningText' });
      return;
    }
    this.watch.follow({ ...state.lesson, sources: awaited(state.lesson.sources, this.rung) });
    this.ladder?.render(state);
    const sources = state.lesson.phase === 'live' ? state.lesson.sources : [];
    this.stage.show(sources);
    this.muted.hidden = sources.length === 0 || sources.includes('voice');
    this.stage.showCard(this.#card(state));
    this.stage.showVeil(this.#veil(sources));
    this.announcer.tell(this.#spoken(state));
    keepAwake(state.lesson.phase === 'live');
  }

  close() {
    this.watch.close();
    keepAwake(false);
  }

  /**
   * @param {import('./classroom-state.js').ClassroomState} state
   * @returns {import('./views/stage.js').Card | null}
   */
  #card(state) {
    if (this.#impossible) return { icon: 'alert', title: 'card.impossible', text: 'card.impossibleText' };
    switch (lessonFace(state)) {
      case 'waiting': return { icon: 'wait', title: 'card.waiting', text: 'card.waitingText' };
      case 'ended': return { icon: 'check', title: 'card.ended', text: 'card.endedText' };
      case 'away': return { icon: 'wait', title: 'card.away', text: 'card.awayText' };
      case 'silent': return { icon: 'wait', title: 'card.silent', text: 'card.silentText' };
      default: break;
    }
    const voiceOnly = state.lesson.sources.length === 1 && state.lesson.sources[0] === 'voice';
    if (!voiceOnly && (this.rung === 'picture' || (state.lesson.sources.includes('screen') && this.ladder?.showsSlides))) return null;
    const reason = this.ladder?.reason;
    if (this.rung === 'text') return { icon: 'chat', title: reason ?? 'rung.chosenText', text: 'card.textText' };
    const name = state.seats.find(seat => seat.role === 'teacher')?.name ?? '';
    return { icon: 'sound', title: voiceOnly ? 'card.voice' : reason ?? 'rung.weakSound', text: () => t(voiceOnly ? 'card.voiceText' : 'card.leftOutText', { name }) };
  }

  /**
   * @param {readonly Wire.TrackSource[]} sources
   * @returns {import('./views/stage.js').Veil}
   */
  #veil(sources) {
    if (sources.length === 0 || this.#impossible || this.rung === 'text') return null;
    const { flow } = this.watch;
    if (flow === 'stalled' || flow === 'starved') return flow;
    const below = this.rung !== 'picture';
    if ((flow === 'flowing' && (below || !this.stage.isBlank)) || (flow === 'idle' && below)) {
      this.#openingSince = 0;
      return null;
    }
    this.#openingSince ||= performance.now();
    return performance.now() - this.#openingSince > OPENING_SHOWN_AFTER ? 'opening' : null;
  }

  /** @param {import('./classroom-state.js').ClassroomState} state */
  #spoken(state) {
    const face = lessonFace(state);
    if (face !== 'live') return /** @type {const} */ (`card.${face}`);
    if (this.watch.flow === 'stalled') return 'veil.stalled';
    if (this.watch.flow === 'starved') return 'veil.starved';
    return this.ladder?.reason ?? (this.muted.hidden ? 'phase.live' : 'stage.muted');
  }

  /** What nobody needs until there is a seat comes behind everything else. */
  async #climb() {
    try {
      await breath();
      const { Ladder } = await import('./ladder.js');
      this.ladder ??= new Ladder(this.#context, this);
      this.ladder.joined();
      this.#context.changed();
    } catch (failure) {
      askAgain(failure, this.#context.opening, () => void this.#climb());
    }
  }
}
