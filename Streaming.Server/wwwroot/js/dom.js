/** Small helpers for making and filling elements. Text goes in as text, never as markup. */

import { say } from './i18n.js';
import { icon } from './icons.js';

/** A frame that takes longer than this is not waited for; ms. */
const LONGEST_FRAME = 300;

/**
 * Makes an element.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string | boolean>} [attributes] true sets an empty attribute, false none
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/**
 * An element with a text of the page's language.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {import('./i18n.js').TextKey | (() => string)} text
 * @param {Record<string, string | boolean>} [attributes]
 */
export function textEl(tag, text, attributes = {}) {
  const element = el(tag, attributes);
  say(element, text);
  return element;
}

/**
 * A button with an icon and a text, which small screens may show as the icon only.
 * @param {import('./icons.js').IconName} name
 * @param {import('./i18n.js').TextKey} text
 * @param {Record<string, string | boolean>} attributes
 * @param {() => void} act
 */
export function iconButton(name, text, attributes, act) {
  const label = textEl('span', text, { class: 'label' });
  const button = el('button', { type: 'button', ...attributes }, icon(name), label);
  button.addEventListener('click', act);
  return button;
}

/**
 * Changes icon and text of an {@link iconButton}.
 * @param {HTMLElement} button
 * @param {import('./icons.js').IconName} name
 * @param {import('./i18n.js').TextKey} text
 */
export function relabel(button, name, text) {
  const old = button.querySelector('svg');
  if (old && old.getAttribute('data-icon') !== name) old.replaceWith(icon(name));
  const label = button.querySelector('.label');
  if (label) say(label, text);
}

/**
 * Makes a list's children those of the given items, moving and making as little as possible: nothing flickers, nothing jumps.
 * @template T
 * @param {HTMLElement} list
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyOf
 * @param {(item: T) => HTMLElement} make
 * @param {(element: HTMLElement, item: T) => void} update
 */
export function keyed(list, items, keyOf, make, update) {
  /** @type {Map<string, HTMLElement>} */
  const old = new Map();
  for (const child of /** @type {HTMLCollectionOf<HTMLElement>} */ (list.children)) old.set(child.dataset.key ?? '', child);
  // What is gone goes first, so that what stays need not move and keeps its focus.
  const wanted = new Set(items.map(keyOf));
  for (const [key, element] of old) if (!wanted.has(key)) element.remove();
  /** @type {Element | null} */
  let next = list.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let element = old.get(key);
    if (!element) {
      element = make(item);
      element.dataset.key = key;
    }
    update(element, item);
    if (element === next) next = next.nextElementSibling;
    else list.insertBefore(element, next);
  }
}

/**
 * Runs at once, but not more often than every `ms`; a call in between is made up for.
 * @param {() => void} act
 * @param {number} ms
 */
export function paced(act, ms) {
  let timer = 0;
  let due = -Infinity;
  return () => {
    if (timer) return;
    const wait = due - performance.now();
    const run = () => {
      timer = 0;
      due = performance.now() + ms;
      act();
    };
    if (wait <= 0) run();
    else timer = window.setTimeout(run, wait);
  };
}

/**
 * Lets the browser do what else there is before it goes on: long tasks keep taps and frames waiting.
 * @param {number} [ms] at least
 */
export function breath(ms) {
  return new Promise(resolve => setTimeout(resolve, ms));
}

/** The same between parts of what is about to be drawn: in the background nothing is, and timers there are slow. */
export function pause() {
  return document.hidden ? Promise.resolve() : breath();
}

/** Waits until the browser has drawn what has changed; a page in the background draws nothing, and is not waited for long. */
export function drawn() {
  return Promise.race([new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve))), breath(LONGEST_FRAME)]);
}

/**
 * The element of the page's own HTML with this id.
 * @param {string} id
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}
