/**
 * The page's texts in the reader's language.
 *
 * @typedef {'en' | 'zh'} Language
 * @typedef {keyof typeof en | keyof typeof import('../locales/en-staff.js').default | keyof typeof import('../locales/en-home.js').default} TextKey
 * @typedef {Record<string, string | number>} Values
 */

import en from '../locales/en.js';
import zh from '../locales/zh.js';

/** What a student reads; the rest is added by whoever needs it. @type {Record<Language, Partial<Record<TextKey, string>>>} */
const TABLES = { en: { ...en }, zh: { ...zh } };
const REMEMBERED = 'streaming.language';

/** @type {Language} */
let language = 'en';
/** @type {Set<() => void>} */
const listeners = new Set();
/** What stands in which element, so that a change of language can say it again. @type {WeakMap<Element, Map<string, () => string>>} */
const standing = new WeakMap();

/**
 * The language for a reader: the remembered one, else the first of the browser's that there is.
 * @param {string | null | undefined} remembered
 * @param {readonly string[]} preferred
 * @returns {Language}
 */
export function pickLanguage(remembered, preferred) {
  if (remembered === 'en' || remembered === 'zh') return remembered;
  for (const tag of preferred) {
    if (/^zh\b/i.test(tag)) return 'zh';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/** @param {Record<Language, Partial<Record<TextKey, string>>>} more */
export function addTexts(more) {
  for (const each of /** @type {const} */ (['en', 'zh'])) Object.assign(TABLES[each], more[each]);
}

/** Reads the reader's language and puts the static texts of the page (`data-t`) into it. */
export function startLanguage() {
  let remembered = null;
  try {
    remembered = localStorage.getItem(REMEMBERED);
  } catch {
    // Storage may be forbidden; the browser's language serves.
  }
  apply(pickLanguage(remembered, navigator.languages ?? [navigator.language]));
}

export function currentLanguage() {
  return language;
}

/** @param {Language} next */
export function setLanguage(next) {
  try {
    localStorage.setItem(REMEMBERED, next);
  } catch {
    // Then it is forgotten with the page.
  }
  apply(next);
}

/**
 * Calls when the language changes; what {@link say} has put into elements changes by itself.
 * @param {() => void} listener
 */
export function onLanguage(listener) {
  listeners.add(listener);
}

/**
 * @param {TextKey} key
 * @param {Values} [values] for `{name}` in the text; `n` also picks between the `.one` and `.other` of a key
 */
export function t(key, values) {
  return fill(TABLES[language][key] ?? key, values);
}

/**
 * @param {string} text
 * @param {Values} [values]
 */
export function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole)) : text;
}

/**
 * A text that counts: `key.one` for 1, else `key.other`.
 * @template {string} K
 * @param {`${K}.one` extends TextKey ? K : never} key
 * @param {number} n
 */
export function tn(key, n) {
  return t(/** @type {TextKey} */ (`${key}.${n === 1 ? 'one' : 'other'}`), { n });
}

/**
 * Puts a text into an element, or into one of its attributes, for as long as nothing else is put there.
 * @param {Element} element
 * @param {TextKey | (() => string) | null} text
 * @param {string} [attribute]
 */
export function say(element, text, attribute = '') {
  const make = text === null ? () => '' : typeof text === 'function' ? text : () => t(text);
  const texts = standing.get(element) ?? new Map();
  texts.set(attribute, make);
  standing.set(element, texts);
  element.setAttribute('data-said', '');
  put(element, attribute, make());
}

/** @param {Language} next */
function apply(next) {
  language = next;
  document.documentElement.lang = next === 'zh' ? 'zh-CN' : 'en';
  for (const element of document.querySelectorAll('[data-t]')) {
    put(element, '', t(/** @type {TextKey} */ (element.getAttribute('data-t'))));
  }
  for (const element of document.querySelectorAll('[data-said]')) {
    standing.get(element)?.forEach((make, attribute) => put(element, attribute, make()));
  }
  for (const listener of listeners) listener();
}

/**
 * @param {Element} element
 * @param {string} attribute
 * @param {string} value
 */
function put(element, attribute, value) {
  // Writing what already stands there would make a screen reader say it again.
  if (attribute) {
    if (element.getAttribute(attribute) !== value) element.setAttribute(attribute, value);
  } else if (element.textContent !== value) {
    element.textContent = value;
  }
}
