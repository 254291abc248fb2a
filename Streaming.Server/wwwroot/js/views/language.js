/** The button that changes between Chinese and English: shows the other language, in that language. */

import { el } from '../dom.js';
import { currentLanguage, onLanguage, setLanguage } from '../i18n.js';

export function languageSwitch() {
  const button = el('button', { type: 'button', class: 'quiet language', id: 'language' });
  const show = () => {
    const chinese = currentLanguage() === 'zh';
    button.textContent = chinese ? 'EN' : '中文';
    button.lang = chinese ? 'en' : 'zh-CN';
    button.setAttribute('aria-label', chinese ? 'English' : '中文');
  };
  button.addEventListener('click', () => setLanguage(currentLanguage() === 'zh' ? 'en' : 'zh'));
  onLanguage(show);
  show();
  return button;
}
