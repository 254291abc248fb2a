/** The inspector's face: sees the lesson, the class and the chat; has no control that writes. */

import '../staff-texts.js';
import { hands, students } from '../classroom-state.js';
import { el, textEl } from '../dom.js';
import { icon } from '../icons.js';
import { Oversight } from '../oversight.js';
import { Chat } from '../views/chat.js';
import { CheckIn } from '../views/check-in.js';
import { Panels } from '../views/panels.js';
import { Hands, Roster } from '../views/roster.js';
import { Top } from '../views/top.js';
import { Watching } from '../watching.js';

/** @implements {Page.Face} */
export class InspectorFace {
  #context;

  /** @param {Page.Context} context */
  constructor(context) {
    this.#context = context;
    this.watching = new Watching(context);
    this.watching.stage.element.append(el('p', { class: 'stage-note', id: 'unseen-note' }, icon('eye'), textEl('span', 'inspector.unseen')));
    this.top = new Top(context.classId, context.leave);
    this.hands = new Hands(null);
    this.oversight = new Oversight(context.classroom.hub, context.changed);
    this.roster = new Roster();
    this.checkIn = new CheckIn(null);
    this.people = el('div', { class: 'body people' }, this.roster.element, this.checkIn.element);
    this.chat = new Chat(null, null);
    this.panels = new Panels([
      { id: 'hands', title: 'hands.title', icon: 'hand', body: this.hands.element },
      { id: 'people', title: 'roster.title', icon: 'people', body: this.people },
      { id: 'chat', title: 'chat.title', icon: 'chat', body: this.chat.element },
    ]);
    this.panels.element.addEventListener('chosen', () => this.chat.shown());
    this.panels.choose('people');
    this.element = el('div', { class: 'face inspector with-side' },
      this.top.element, el('main', { class: 'main' }, this.watching.stage.element), this.panels.element, this.watching.announcer.element);
  }

  joining() {
    this.oversight.joining();
    this.watching.joining();
  }

  /** @param {boolean} sameServer */
  joined(sameServer) {
    this.oversight.joined(sameServer);
    this.watching.joined(sameServer);
  }

  /** @param {string} session */
  mediaClosed(session) {
    this.watching.watch.mediaClosed(session);
  }

  shown() {
    void this.watching.stage.play();
  }

  moved() {
    this.watching.watch.moved();
  }

  render() {
    const { state, hub } = this.#context.classroom;
    this.watching.render();
    if (!state) return;
    this.top.show(state, hub.link);
    this.hands.show(state);
    this.#renderPeople();
    this.chat.show(state.chat);
    this.panels.badge('hands', hands(state).length);
    this.panels.badge('people', students(state).length);
  }

  tick() {
    this.top.tick();
    this.#renderPeople();
    this.watching.render();
  }

  close() {
    this.watching.close();
  }

  peerConnections() {
    return { watch: this.watching.watch.peerConnection, publish: null };
  }

  #renderPeople() {
    const { state, hub } = this.#context.classroom;
    if (!state) return;
    this.roster.show(state, this.oversight.presence);
    this.checkIn.show(state, this.oversight, hub.link === 'online');
  }
}
