/** The inspector's face: sees the lesson, the class and the chat; has no control that writes. */

import { hands, students } from '../classroom-state.js';
import { el, textEl } from '../dom.js';
import { icon } from '../icons.js';
import { Chat } from '../views/chat.js';
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
    this.roster = new Roster();
    this.chat = new Chat(null, null);
    this.panels = new Panels([
      { id: 'hands', title: 'hands.title', icon: 'hand', body: this.hands.element },
      { id: 'people', title: 'roster.title', icon: 'people', body: this.roster.element },
      { id: 'chat', title: 'chat.title', icon: 'chat', body: this.chat.element },
    ]);
    this.panels.element.addEventListener('chosen', () => this.chat.shown());
    this.panels.choose('people');
    this.element = el('div', { class: 'face inspector with-side' },
      this.top.element, el('main', { class: 'main' }, this.watching.stage.element), this.panels.element, this.watching.announcer.element);
  }

  joining() {
    this.watching.joining();
  }

  /** @param {boolean} sameServer */
  joined(sameServer) {
    this.watching.watch.joined(sameServer);
  }

  /** @param {string} session */
  mediaClosed(session) {
    this.watching.watch.mediaClosed(session);
  }

  shown() {
    void this.watching.stage.play();
  }

  render() {
    const { state, hub } = this.#context.classroom;
    this.watching.render();
    if (!state) return;
    this.top.show(state, hub.link);
    this.hands.show(state);
    this.roster.show(state);
    this.chat.show(state.chat);
    this.panels.badge('hands', hands(state).length);
    this.panels.badge('people', students(state).length);
  }

  tick() {
    this.top.tick();
    this.watching.render();
  }

  close() {
    this.watching.close();
  }

  peerConnections() {
    return { watch: this.watching.watch.peerConnection, publish: null };
  }
}
