/**
 * The first page: what this is, and the links of the demo class when the server has one.
 *
 * @typedef {{ role: Wire.Role | 'office', name: string, url: string }} DemoLink
 * @typedef {{ class: string, links: DemoLink[] }} Demo
 */

import en from '../locales/en-home.js';
import zh from '../locales/zh-home.js';
import { byId, el, textEl } from './dom.js';
import { addTexts, onLanguage, say, startLanguage, t } from './i18n.js';
import { icon } from './icons.js';
import { languageSwitch } from './views/language.js';

const ICONS = /** @type {const} */ ({ teacher: 'book', student: 'hand', inspector: 'eye', office: 'people' });

addTexts({ en, zh });
startLanguage();
byId('language-place').append(languageSwitch());
for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-icon-of]'))) {
  place.prepend(icon(ICONS[/** @type {Wire.Role} */ (place.dataset.iconOf)]));
}
onLanguage(title);
title();
void showDemo();

function title() {
  document.title = t('home.title');
}

async function showDemo() {
  const demo = await fetchDemo();
  if (!demo) return;
  byId('demo-links').replaceChildren(...demo.links.map(link => {
    const open = textEl('a', 'home.open', { class: 'button primary', href: link.url, target: '_blank', rel: 'noopener' });
    say(open, () => `${t('home.open')}: ${t(`home.role.${link.role}`)}, ${link.name}`, 'aria-label');
    return el('li', { class: 'demo-link' }, icon(ICONS[link.role]),
      el('span', { class: 'who' }, textEl('strong', `home.role.${link.role}`), el('span', { class: 'muted' }, link.name)), open);
  }));
  byId('demo').hidden = false;
}

/** @returns {Promise<Demo | null>} null without a demo class */
async function fetchDemo() {
  try {
    const response = await fetch('/api/demo', { headers: { accept: 'application/json' } });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
