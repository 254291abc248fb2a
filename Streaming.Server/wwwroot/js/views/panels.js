/**
 * What stands beside the picture: side by side where there is room, behind tabs where there is little.
 *
 * @typedef {object} Panel
 * @property {string} id
 * @property {import('../i18n.js').TextKey} title
 * @property {import('../icons.js').IconName} icon
 * @property {HTMLElement} body
 */

import { el, textEl } from '../dom.js';
import { say } from '../i18n.js';
import { icon } from '../icons.js';

export class Panels {
  /** @type {Map<string, { section: HTMLElement, tab: HTMLElement, badges: HTMLElement[] }>} */
  #panels = new Map();
  #chosen = '';

  /** @param {readonly Panel[]} panels */
  constructor(panels) {
    const tabs = el('div', { class: 'tabs', role: 'tablist' });
    say(tabs, 'panels.label', 'aria-label');
    this.element = el('aside', { class: 'side', id: 'side' }, tabs);
    say(this.element, 'panels.label', 'aria-label');
    for (const panel of panels) this.#add(panel, tabs);
    tabs.addEventListener('keydown', event => this.#keyed(event));
    this.choose(panels[0]?.id ?? '');
  }

  /** @param {string} id */
  choose(id) {
    this.#chosen = id;
    for (const [name, { section, tab }] of this.#panels) {
      section.classList.toggle('chosen', name === id);
      tab.setAttribute('aria-selected', String(name === id));
      tab.tabIndex = name === id ? 0 : -1;
    }
    this.element.dispatchEvent(new CustomEvent('chosen'));
  }

  /**
   * The number beside a panel's title; 0 shows none.
   * @param {string} id
   * @param {number} n
   */
  badge(id, n) {
    for (const badge of this.#panels.get(id)?.badges ?? []) {
      const text = n > 0 ? String(n) : '';
      if (badge.textContent !== text) badge.textContent = text;
    }
  }

  /**
   * @param {Panel} panel
   * @param {HTMLElement} tabs
   */
  #add(panel, tabs) {
    const badges = [el('span', { class: 'badge-count' }), el('span', { class: 'badge-count' })];
    const [onTab, onTitle] = /** @type {[HTMLElement, HTMLElement]} */ (badges);
    const tab = el('button', { type: 'button', role: 'tab', id: `tab-${panel.id}`, 'aria-controls': `panel-${panel.id}` },
      icon(panel.icon), textEl('span', panel.title), onTab);
    tab.addEventListener('click', () => this.choose(panel.id));
    tabs.append(tab);
    const section = el('section', { class: 'panel', role: 'tabpanel', id: `panel-${panel.id}`, 'aria-labelledby': `title-${panel.id}` },
      el('h2', {}, textEl('span', panel.title, { id: `title-${panel.id}` }), onTitle), panel.body);
    this.element.append(section);
    this.#panels.set(panel.id, { section, tab, badges });
  }

  /** @param {KeyboardEvent} event */
  #keyed(event) {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const ids = [...this.#panels.keys()];
    const next = ids[(ids.indexOf(this.#chosen) + step + ids.length) % ids.length];
    if (next === undefined) return;
    this.choose(next);
    this.#panels.get(next)?.tab.focus();
    event.preventDefault();
  }
}
