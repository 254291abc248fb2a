/** Who is here, in the order of joining: rows stay where they are, and only what changed changes. */

import { hands, students, weakLinks } from '../classroom-state.js';
import { el, iconButton, keyed, textEl } from '../dom.js';
import { say, t, tn } from '../i18n.js';
import { icon } from '../icons.js';

/** @typedef {import('../classroom-state.js').ClassroomState} ClassroomState */

/** More rows than anybody reads would only slow a teacher's laptop down. */
const MOST_ROWS = 300;

export class Roster {
  constructor() {
    this.list = el('ul', { class: 'roster', id: 'roster' });
    this.rest = el('p', { class: 'muted rest', hidden: true });
    this.empty = textEl('p', 'roster.empty', { class: 'muted empty' });
    this.summary = el('p', { class: 'summary', id: 'quality-summary', role: 'status' });
    this.element = el('div', { class: 'body' }, this.summary, this.empty, this.list, this.rest);
  }

  /** @param {ClassroomState} state */
  show(state) {
    const present = students(state);
    // Outside a lesson nothing is sent, and what was measured in the last one says nothing.
    const live = state.lesson.phase === 'live';
    this.empty.hidden = present.length > 0;
    keyed(this.list, present.slice(0, MOST_ROWS), seat => seat.member, makeRow, (row, seat) => {
      updateRow(row, seat, (live && state.quality.get(seat.member)) || 'good');
    });
    const rest = present.length - MOST_ROWS;
    this.rest.hidden = rest <= 0;
    if (rest > 0) say(this.rest, () => t('roster.rest', { n: rest }));

    const { bad, lost } = live ? weakLinks(state) : { bad: 0, lost: 0 };
    say(this.summary, () => [bad > 0 ? tn('roster.bad', bad) : '', lost > 0 ? tn('roster.lost', lost) : ''].filter(Boolean).join(' · '));
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

/**
 * @param {HTMLElement} row
 * @param {Wire.Seat} seat
 * @param {Wire.LinkQuality} quality
 */
function updateRow(row, seat, quality) {
  const [, name, mark, hand] = row.children;
  if (!name || !mark || !hand) return;
  if (name.textContent !== seat.name) name.textContent = seat.name;
  if (row.dataset.quality !== quality) {
    row.dataset.quality = quality;
    mark.replaceChildren(...(quality === 'good' ? [] : [icon('link'), textEl('span', `quality.${quality}`)]));
  }
  const raised = String(Boolean(seat.handRaisedAt));
  if (row.dataset.hand !== raised) {
    row.dataset.hand = raised;
    hand.replaceChildren(...(seat.handRaisedAt ? [icon('hand'), textEl('span', 'hands.raised', { class: 'unseen' })] : []));
  }
}

/** A round mark with the name's first letter; its colour follows from the member, so it is the same every day. @param {Wire.Seat} seat */
function face(seat) {
  let hash = 0;
  for (const c of seat.member) hash = (hash * 31 + c.charCodeAt(0)) >>> 0;
  return el('span', { class: `face-mark tone-${hash % 6}`, 'aria-hidden': 'true' }, [...seat.name.trim()][0] ?? '·');
}
