/** The student's face: the lesson fills the screen; a hand, the chat, nothing else. */

import { handPlace, lessonFace } from '../classroom-state.js';
import { megabytes } from '../data-meter.js';
import { breath, el, iconButton, pause, relabel } from '../dom.js';
import { errorKey, hubErrorOf } from '../hub-errors.js';
import { say, t } from '../i18n.js';
import { askAgain } from '../reconnect.js';
import { Chat } from '../views/chat.js';
import { Panels } from '../views/panels.js';
import { Top } from '../views/top.js';
import { Watching } from '../watching.js';

/** @implements {Page.Face} */
export class StudentFace {
  #context;
  #unread = 0;
  #handCalled = false;
  /** @type {import('../attention.js').Attention | null} */
  #attention = null;

  /**
   * Makes one part by part: all at once would hold a slow device up.
   * @param {Page.Context} context
   */
  static async make(context) {
    const watching = new Watching(context);
    await pause();
    const top = new Top(context.classId, context.leave);
    await pause();
    const chat = new Chat(null, async text => { await context.classroom.hub.invoke('Say', text); });
    await pause();
    const panels = new Panels([{ id: 'chat', title: 'chat.title', icon: 'chat', body: chat.element }]);
    await pause();
    return new StudentFace(context, { watching, top, chat, panels });
  }

  /**
   * @param {Page.Context} context
   * @param {{ watching: Watching, top: Top, chat: Chat, panels: Panels }} parts
   */
  constructor(context, { watching, top, chat, panels }) {
    this.#context = context;
    this.watching = watching;
    this.top = top;
    this.chat = chat;
    this.panels = panels;
    this.hand = iconButton('hand', 'hand.raise', { id: 'hand', class: 'hand-button' }, () => void this.#toggleHand());
    this.place = el('p', { class: 'place', id: 'hand-place', role: 'status' });
    this.chatButton = iconButton('chat', 'chat.title', { id: 'toggle-chat', class: 'plain', 'aria-controls': 'side' }, () => this.#showChat(!this.#chatShown));
    this.unread = el('span', { class: 'badge-count' });
    this.chatButton.append(this.unread);
    this.save = iconButton('gauge', 'data.save', { id: 'save-data', class: 'plain save', 'aria-pressed': 'false' }, () => this.watching.ladder?.toggle());
    this.used = el('span', { class: 'used', 'aria-hidden': 'true' });
    this.save.append(this.used);
    const bar = el('div', { class: 'bar', role: 'toolbar' }, this.hand, this.place, el('span', { class: 'grow' }), this.save, this.chatButton, ...fullScreen());
    say(bar, 'bar.label', 'aria-label');
    this.element = el('div', { class: 'face student' },
      this.top.element, el('main', { class: 'main' }, this.watching.stage.element), this.panels.element, bar, this.watching.announcer.element);
    this.#showChat(matchMedia('(min-width: 900px), (orientation: portrait) and (min-height: 600px)').matches);
  }

  joining() {
    this.watching.joining();
  }

  /** @param {boolean} sameServer */
  joined(sameServer) {
    this.chat.me = this.#context.classroom.me?.member ?? null;
    this.watching.joined(sameServer);
    if (this.#attention) this.#attention.joined();
    else void this.#attend();
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
    const { state, hub, me } = this.#context.classroom;
    this.watching.render();
    if (!state) return;
    this.#attention?.render(state.checkIn);
    this.top.show(state, hub.link);
    this.#unread = this.#chatShown ? 0 : this.#unread + this.chat.show(state.chat);
    if (this.#chatShown) this.chat.show(state.chat);
    this.unread.textContent = this.#unread > 0 ? String(this.#unread) : '';

    this.#renderData();

    const place = me ? handPlace(state, me.member) : 0;
    const raised = place > 0;
    this.hand.classList.toggle('raised', raised);
    this.hand.disabled = lessonFace(state) === 'waiting' || state.lesson.phase === 'ended' || hub.link !== 'online' || this.#handCalled;
    relabel(this.hand, 'hand', raised ? 'hand.lower' : 'hand.raise');
    say(this.place, raised ? () => t('hand.place', { n: place }) : null);
  }

  tick() {
    this.top.tick();
    this.watching.render();
    this.#renderData();
    this.#attention?.render(this.#context.classroom.state?.checkIn ?? null);
  }

  close() {
    this.watching.close();
  }

  peerConnections() {
    return { watch: this.watching.watch.peerConnection, publish: null };
  }

  /** What is of use only to those who have a seat comes behind everything else. */
  async #attend() {
    try {
      await breath();
      const { Attention } = await import('../attention.js');
      this.#attention ??= new Attention(this.#context, this.watching);
      this.#attention.joined();
      this.#context.changed();
    } catch (failure) {
      askAgain(failure, this.#context.opening, () => void this.#attend());
    }
  }

  #renderData() {
    const { ladder } = this.watching;
    this.save.setAttribute('aria-pressed', String(ladder?.isSaving ?? false));
    this.used.textContent = ladder ? `${megabytes(ladder.used)} MB` : '';
  }

  get #chatShown() {
    return !this.panels.element.hidden;
  }

  /** @param {boolean} shown */
  #showChat(shown) {
    this.panels.element.hidden = !shown;
    this.element.classList.toggle('with-side', shown);
    this.chatButton.setAttribute('aria-expanded', String(shown));
    if (!shown) return;
    this.#unread = 0;
    this.unread.textContent = '';
    const { state } = this.#context.classroom;
    if (state) this.chat.show(state.chat);
    this.chat.shown();
  }

  async #toggleHand() {
    const { hub } = this.#context.classroom;
    const raised = this.hand.classList.contains('raised');
    this.#handCalled = true;
    try {
      if (raised) await hub.invoke('LowerHand', null);
      else await hub.invoke('RaiseHand');
    } catch (failure) {
      this.#context.alert(errorKey(hubErrorOf(failure).code));
    } finally {
      this.#handCalled = false;
      this.#context.changed();
    }
  }
}

/** The button for the full screen, where the browser has one. */
function fullScreen() {
  if (!document.fullscreenEnabled) return [];
  return [iconButton('full', 'bar.full', { id: 'full-screen', class: 'plain icon-only' }, () => {
    if (document.fullscreenElement) void document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
  })];
}
