/** The dialogs of the page: the class's roll, and its settings. */

import { el, keyed } from '../dom.js';
import { currentLanguage, say } from '../i18n.js';
import { ApiError } from './api.js';
import { mark } from './marks.js';
import { at, atn, refusalText, words } from './texts.js';
import { clock, day } from './words.js';

/**
 * An open dialog, which is gone when it is closed.
 * @param {string} id
 * @param {import('./texts.js').AttendanceText} title
 * @param {...(Node | string)} content
 */
function dialog(id, title, ...content) {
  const close = el('button', { type: 'button', class: 'quiet close' }, mark('close'));
  say(close, () => at('act.close'), 'aria-label');
  const box = el('dialog', { id, 'aria-labelledby': `${id}-title` },
    el('header', {}, words('h2', title, { id: `${id}-title` }), close), ...content);
  close.addEventListener('click', () => box.close());
  box.addEventListener('close', () => box.remove());
  box.addEventListener('click', event => { if (event.target === box) box.close(); });
  document.body.append(box);
  box.showModal();
  return box;
}

/**
 * @param {import('./api.js').AttendanceApi} api
 * @param {() => void} changed
 */
export async function rollDialog(api, changed) {
  const state = el('p', { id: 'roll-state', role: 'status' });
  const errors = el('ul', { class: 'errors', id: 'roll-errors', hidden: true });
  const file = el('input', { type: 'file', accept: '.csv,.txt,text/csv,text/plain', id: 'roll-file', class: 'unseen', tabindex: '-1', 'aria-hidden': 'true' });
  const choose = words('button', 'roll.choose', { type: 'button', class: 'primary', id: 'roll-choose' });
  const remove = words('button', 'roll.remove', { type: 'button', class: 'quiet', id: 'roll-remove', hidden: true });
  dialog('roll-dialog', 'roll.title', state, words('p', 'roll.how', { class: 'muted' }), errors, file, el('div', { class: 'choices' }, remove, choose));
  choose.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const list = file.files?.[0];
    // The same file, mended, is to be sent again.
    file.value = '';
    if (list) void attempt(async () => {
      say(state, () => at('roll.sending'));
      const roll = await api.sendRoll(list, currentLanguage());
      say(state, () => atn('roll.done', roll.students.length));
      remove.hidden = false;
      changed();
    });
  });
  remove.addEventListener('click', () => {
    if (confirm(at('roll.removeSure'))) void attempt(async () => {
      await api.removeRoll();
      say(state, () => at('roll.removed'));
      remove.hidden = true;
      changed();
    });
  });
  await attempt(async () => {
    const { students, updatedAt } = await api.roll();
    remove.hidden = students.length === 0;
    say(state, () => students.length === 0 || !updatedAt ? at('roll.none') : atn('roll.count', students.length, { when: `${day(updatedAt)} ${clock(updatedAt)}` }));
  });

  /** @param {() => Promise<void>} act */
  async function attempt(act) {
    showErrors({});
    choose.disabled = true;
    try {
      await act();
    } catch (failure) {
      const { code, errors } = failure instanceof ApiError ? failure : new ApiError(null);
      say(state, () => code === 'roll_invalid' ? at('roll.wrong') : refusalText(code));
      showErrors(errors);
    }
    choose.disabled = false;
  }

  /** @param {Record<string, string[]>} wrong by line */
  function showErrors(wrong) {
    errors.hidden = Object.keys(wrong).length === 0;
    keyed(errors, Object.entries(wrong), ([line]) => line, () => el('li', {}, el('strong', {}), ' ', el('span', {})), (item, [line, sentences]) => {
      const [where, what] = [item.querySelector('strong'), item.querySelector('span')];
      if (where) say(where, () => line === 'file' ? at('roll.file') : at('roll.line', { n: line }));
      if (what) what.textContent = sentences.join(' ');
    });
  }
}

const FIELDS = /** @type {const} */ ([
  { name: 'lateAfterMinutes', label: 'settings.late', text: 'settings.lateText', least: 0, most: 240 },
  { name: 'earlyBeforeMinutes', label: 'settings.early', text: 'settings.earlyText', least: 0, most: 240 },
  { name: 'retentionDays', label: 'settings.retention', text: 'settings.retentionText', least: 1, most: 3650 },
]);

/**
 * @param {import('./api.js').AttendanceApi} api
 * @param {boolean} keepsRecords whether the reader may say how long records are kept
 * @param {() => void} changed
 */
export async function settingsDialog(api, keepsRecords, changed) {
  const fields = FIELDS.filter(({ name }) => keepsRecords || name !== 'retentionDays').map(({ name, label, text, least, most }) => {
    const input = el('input', { type: 'number', inputmode: 'numeric', min: String(least), max: String(most), step: '1', id: name, 'aria-describedby': `${name}-text` });
    return { name, input, element: el('p', { class: 'field' }, words('label', label, { for: name }), input, words('span', text, { class: 'muted', id: `${name}-text` })) };
  });
  const state = el('p', { role: 'alert', id: 'settings-state' });
  const save = words('button', 'act.save', { type: 'submit', class: 'primary', id: 'settings-save' });
  const cancel = words('button', 'act.cancel', { type: 'button', class: 'quiet' });
  const form = el('form', {}, ...fields.map(({ element }) => element),
    el('p', { class: 'muted' }, words('span', 'settings.default'), ' ', words('span', 'settings.all')), state, el('div', { class: 'choices' }, cancel, save));
  const box = dialog('settings-dialog', 'settings.title', form);
  cancel.addEventListener('click', () => box.close());
  form.addEventListener('submit', event => {
    event.preventDefault();
    void attempt(async () => {
      await api.saveSettings(Object.fromEntries(fields.map(({ name, input }) => [name, input.value === '' ? null : Number(input.value)])));
      box.close();
      changed();
    });
  });
  await attempt(async () => {
    const settings = await api.settings();
    for (const { name, input } of fields) {
      input.value = settings[name] === undefined ? '' : String(settings[name]);
      input.placeholder = String(settings.defaults[name]);
    }
  });

  /** @param {() => Promise<void>} act */
  async function attempt(act) {
    save.disabled = true;
    say(state, null);
    try {
      await act();
    } catch (failure) {
      const { code, errors } = failure instanceof ApiError ? failure : new ApiError(null);
      const sentences = Object.values(errors).flat();
      say(state, () => sentences.length ? sentences.join(' ') : refusalText(code));
    }
    save.disabled = false;
  }
}
