import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { HUB_ERROR_CODES, errorKey } from '../../Streaming.Server/wwwroot/js/hub-errors.js';
import { fill, pickLanguage } from '../../Streaming.Server/wwwroot/js/i18n.js';

const root = new URL('../../Streaming.Server/wwwroot/', import.meta.url);
const parts = ['', '-staff', '-home'];
const tables = language => Promise.all(parts.map(async part => (await import(new URL(`locales/${language}${part}.js`, root))).default));
const [english, chinese] = [await tables('en'), await tables('zh')];
const [en, zh] = [english, chinese].map(all => Object.assign({}, ...all));
const placeholders = text => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort().join();

test('both languages have the same texts in the same order', () => {
  assert.deepEqual(chinese.map(Object.keys), english.map(Object.keys));
  assert.equal(english.flatMap(Object.keys).length, Object.keys(en).length, 'each in one table');
});

test('a student’s page names no text that it does not carry', () => {
  const student = [...readFileSync(new URL('class.html', root), 'utf8').matchAll(/modulepreload" href="\/(js\/[^"]+)"/g)].map(match => match[1]);
  const others = new Set(english.slice(1).flatMap(Object.keys));
  for (const path of [...student, 'js/class.js', 'js/attention.js', 'js/views/here.js', 'js/ladder.js', 'js/still-fetch.js', 'js/views/rung-note.js']) {
    for (const [, key] of readFileSync(new URL(path, root), 'utf8').matchAll(/'([a-z]+\.\w+)'/g)) assert.ok(!others.has(key), `${path}: ${key}`);
  }
});

test('no text is empty, and both languages fill in the same values', () => {
  for (const key of Object.keys(en)) {
    assert.ok(en[key].trim() && zh[key].trim(), key);
    assert.equal(placeholders(zh[key]), placeholders(en[key]), key);
  }
});

test('Chinese is Chinese', () => {
  for (const [key, text] of Object.entries(zh)) assert.match(text, /\p{Script=Han}/u, key);
});

test('every refusal has a sentence', () => {
  for (const code of [...HUB_ERROR_CODES, null]) assert.ok(errorKey(code) in en, code);
});

test('every text that the HTML names exists, and stands there in English', () => {
  for (const page of readdirSync(root).filter(name => name.endsWith('.html'))) {
    const html = readFileSync(new URL(page, root), 'utf8');
    for (const [, key, text] of html.matchAll(/data-t="([^"]+)"[^>]*>([^<]*)</g)) {
      assert.ok(key in en, `${page}: ${key}`);
      assert.ok(text.startsWith(en[key]), `${page}: ${key}`);
    }
  }
});

test('the reader’s own choice goes before the browser’s', () => {
  assert.equal(pickLanguage('zh', ['en-GB']), 'zh');
  assert.equal(pickLanguage(null, ['zh-TW', 'en']), 'zh');
  assert.equal(pickLanguage(null, ['de', 'zh-CN', 'en']), 'zh');
  assert.equal(pickLanguage('klingon', ['de', 'fr']), 'en');
});

test('values are filled in, unknown names stay', () => {
  assert.equal(fill('{n} of {all}', { n: 3 }), '3 of {all}');
});
