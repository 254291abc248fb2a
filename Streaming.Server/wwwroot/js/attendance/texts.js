/**
 * The attendance page's own texts, beside those of the class page, which need not grow for them.
 *
 * @typedef {keyof typeof en} AttendanceText
 */

import en from '../../locales/attendance-en.js';
import zh from '../../locales/attendance-zh.js';
import { el } from '../dom.js';
import { currentLanguage, fill, say, t } from '../i18n.js';
import { HUB_ERROR_CODES } from '../hub-errors.js';

/**
 * @param {AttendanceText} key
 * @param {import('../i18n.js').Values} [values] for `{name}` in the text
 */
export function at(key, values) {
  return fill((currentLanguage() === 'zh' ? zh : en)[key], values);
}

/**
 * A text that counts: `key.one` for 1, else `key.other`.
 * @template {string} K
 * @param {`${K}.one` extends AttendanceText ? K : never} key
 * @param {number} n
 * @param {import('../i18n.js').Values} [values]
 */
export function atn(key, n, values) {
  return at(/** @type {AttendanceText} */ (`${key}.${n === 1 ? 'one' : 'other'}`), { n, ...values });
}

/**
 * An element with a text in the page's language.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {AttendanceText | (() => string)} text
 * @param {Record<string, string | boolean>} [attributes]
 */
export function words(tag, text, attributes = {}) {
  const element = el(tag, attributes);
  say(element, typeof text === 'function' ? text : () => at(text));
  return element;
}

/**
 * What a refusal says to people.
 * @param {string | null} code
 */
export function refusalText(code) {
  const own = /** @type {AttendanceText} */ (`refused.${code}`);
  if (own in en) return at(own);
  const known = /** @type {readonly string[]} */ (HUB_ERROR_CODES).includes(code ?? '');
  return known ? t(/** @type {import('../i18n.js').TextKey} */ (`error.${code}`)) : at('failed.later');
}
