/** Who is here, in the order of joining: rows stay where they are, and only what changed changes. Below them, who is away. */

import { hands, students, weakLinks } from '../classroom-state.js';
import { el, iconButton, keyed, textEl } from '../dom.js';
import { timeOfDay } from '../format.js';
import { say, t, tn } from '../i18n.js';
import { icon } from '../icons.js';
import { Lasting, awayFrom } from '../presence.js';

/** @typedef {import('../classroom-state.js').ClassroomState} ClassroomState */

/** More rows than anybody reads would only slow a teacher's laptop down. */
const MOST_ROWS = 300;

/** Forty links that come and go would talk without end to whoever listens to the page; ms. */
const SPOKEN_EVERY = 20_000;

export class Roster {
  #lasting = new Lasting();
  #spokenAt = -Infinity;

  constructor() {
    this.list = el('ul', { class: 'roster', id: 'roster' });
    this.rest = el('p', { class: 'muted rest', hidden: true });
    this.empty = textEl('p', 'roster.empty', { class: 'muted empty' });
    this.summary = el('p', { class: 'summary', id: 'quality-summary' });
    this.spoken = el('p', { class: 'unseen', role: 'status' });
    this.awayList = el('ul', { class: 'roster', id: 'away' });
    this.awayCount = el('span', { class: 'number' });
    this.away = el('section', { class: 'away', hidden: true }, el('h3', {}, textEl('span', 'roster.away'), this.awayCount), this.awayList);
    this.element = el('div', { class: 'scroll' }, this.summary, this.empty, this.list, this.rest, this.away, this.spoken);
  }

  /**
   * @param {ClassroomState} state
   * @param {import('../presence.js').Presence} presence
   */
  show(state, presence) {
    const present = students(state);
    // Outside a lesson nothing is sent, and what was measured in the last one says nothing.
    const live = state.lesson.phase === 'live';
    const lasting = this.#lasting.of(presence, performance.now());
    this.empty.hidden = present.length > 0;
    keyed(this.list, present.slice(0, MOST_ROWS), seat => seat.member, makeRow, (row, seat) => {
      updateRow(row, seat, lasting.has(seat.member) ? 'unstable' : (live && state.quality.get(seat.member)) || 'good');
    });
    const rest = present.length - MOST_ROWS;
    this.rest.hidden = rest <= 0;
    if (rest > 0) say(this.rest, () => t('roster.rest', { n: rest }));

    const away = live ? awayFrom(presence, state.seats).slice(0, MOST_ROWS) : [];
    this.away.hidden = away.length === 0;
    this.awayCount.textContent = String(away.length);
    keyed(this.awayList, away, one => one.member, makeAwayRow, (row, one) => {
      const since = row.querySelector('.mark');
      if (since) say(since, () => t('roster.since', { time: timeOfDay(one.since) }));
    });
    this.#sum(live ? weakLinks(state) : { bad: 0, lost: 0 }, away.length);
  }

  /**
   * @param {{ bad: number, lost: number }} links
   * @param {number} away
   */
  #sum({ bad, lost }, away) {
    const links = () => [bad > 0 ? tn('roster.bad', bad) : '', lost > 0 ? tn('roster.lost', lost) : ''].filter(Boolean).join(' · ');
    // The away stand below forty names, where nobody looks without a reason.
    const all = () => [away > 0 ? tn('roster.awayN', away) : '', links()].filter(Boolean).join(' · ');
    say(this.summary, all);
    if (performance.now() - this.#spokenAt < SPOKEN_EVERY) return;
    this.#spokenAt = performance.now();
    say(this.spoken, all);
  }
}

/** Raised hands, the first to go up first. */
export class Hands {
  #lower;

  /** @param {((member: string) => void) | null} lower null for those who only look */
  constructor(lower) {
    this.#lower = lower;
    this.list = el('ol', { class: 'hands', id: 'hands' });
    this.empty = textEl('p', 'hands.empty', { class: 'muted empty' });
    this.element = el('div', { class: 'body' }, this.empty, this.list);
  }

  /** @param {ClassroomState} state */
  show(state) {
    const raised = hands(state);
    this.empty.hidden = raised.length > 0;
    keyed(this.list, raised, seat => seat.member, seat => this.#row(seat), (row, seat) => {
      const name = row.querySelector('.name');
      if (name && name.textContent !== seat.name) name.textContent = seat.name;
    });
  }

  /** @param {Wire.Seat} seat */
  #row(seat) {
    const row = el('li', { class: 'row' }, face(seat), el('span', { class: 'name' }, seat.name));
    if (this.#lower) {
      const button = iconButton('check', 'hands.lower', { class: 'quiet lower' }, () => this.#lower?.(seat.member));
      say(button, () => t('hands.lowerOf', { name: seat.name }), 'aria-label');
      row.append(button);
    }
    return row;
  }
}

/** @param {Wire.Seat} seat */
function makeRow(seat) {
  return el('li', { class: 'row' }, face(seat), el('span', { class: 'name' }), el('span', { class: 'mark' }), el('span', { class: 'hand' }));
}

/** @param {Wire.MemberPresence} one */
function makeAwayRow(one) {
  return el('li', { class: 'row' }, face(one), el('span', { class: 'name' }, one.name), el('span', { class: 'mark' }));
}

/**
 * @param {HTMLElement} row
 * @param {Wire.Seat} seat
 * @param {Wire.LinkQuality | 'unstable'} quality
 */
function updateRow(row, seat, quality) {
  const [, name, mark, hand] = row.children;
  if (!name || !mark || !hand) return;
  if (name.textContent !== seat.name) name.textContent = seat.name;
  if (row.dataset.quality !== quality) {
    row.dataset.quality = quality;
    mark.replaceChildren(...(quality === 'good' ? [] : [icon(quality === 'unstable' ? 'wait' : 'link'), textEl('span', `quality.${quality}`)]));
  }
  const raised = String(Boolean(seat.handRaisedAt));
  if (row.dataset.hand !== raised) {
    row.dataset.hand = raised;
    hand.replaceChildren(...(seat.handRaisedAt ? [icon('hand'), textEl('span', 'hands.raised', { class: 'unseen' })] : []));
  }
}

/** A round mark with the name's first letter; its colour follows from the member, so it is the same every day. @param {{ member: string, name: string }} person */
function face(person) {
  let hash = 0;
  for (const c of person.member) hash = (hash * 31 + c.charCodeAt(0)) >>> 0;
  return el('span', { class: `face-mark tone-${hash % 6}`, 'aria-hidden': 'true' }, [...person.name.trim()][0] ?? '·');
}
