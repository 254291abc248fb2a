import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../../Streaming.Server/wwwroot/', import.meta.url));
const read = path => readFileSync(join(root, path), 'utf8');
const all = readdirSync(root, { recursive: true }).map(String).filter(path => !path.startsWith('lib'));

/** Every module that a module needs at once, itself included. */
function closure(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  for (const [, target] of read(path).matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm)) {
    closure(normalize(join(dirname(path), target)), found);
  }
  return found;
}

test('the page asks for every module of a student at once, and for no other', () => {
  const preloaded = [...read('class.html').matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(match => match[1]);
  assert.deepEqual([...preloaded, 'js/class.js'].sort(), [...closure('js/class.js')].sort());
});

/** As the server sends it: without the lines that are for people who read them. */
const sent = path => read(path).replace(/^\s*\/\*[^]*?\*\//gm, '').replace(/^\s*(\/\/.*)?/gm, '');

test('a student’s page is small: below 45 kB compressed without the pinned SignalR files', () => {
  const styles = [...read('class.html').matchAll(/rel="stylesheet" href="\/([^"]+)"/g)].map(match => match[1]);
  const bytes = ['class.html', 'js/opening.js', 'js/loading.js', 'favicon.svg', ...styles, ...closure('js/class.js')].reduce((sum, path) => sum + gzipSync(sent(path)).length, 0);
  assert.ok(bytes < 45_000, `${bytes} bytes`);
});

test('the MessagePack part is on its way with the page, and is run by the module that waits for SignalR', () => {
  const path = `/lib/${/PACK_PATH = fileOf\('([^']+)'\)/.exec(read('js/signalr.js'))[1]}`;
  assert.match(read('class.html'), new RegExp(`<link rel="preload" href="${path}" as="script"`));
  assert.doesNotMatch(read('class.html'), new RegExp(`<script[^>]*"${path}"`));
});

test('nothing on a page comes from elsewhere, and nothing is inline', () => {
  for (const path of all.filter(name => name.endsWith('.html'))) {
    const html = read(path);
    assert.doesNotMatch(html, /(?:src|href)="(?!\/|data:,")/, path);
    assert.doesNotMatch(html, /\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)/, path);
  }
  for (const path of all.filter(name => /\.(js|css)$/.test(name))) {
    assert.doesNotMatch(read(path), /https?:\/\/(?!www\.w3\.org\/2000\/svg)|@import|url\(/, path);
  }
});

test('text goes into the page as text only', () => {
  for (const path of all.filter(name => name.endsWith('.js'))) {
    assert.doesNotMatch(read(path), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/, path);
  }
});

test('lines of comments can be left out on the way: nothing else looks like one, and no text goes on to the next line', () => {
  for (const path of all.filter(name => /\.(js|css)$/.test(name))) {
    assert.doesNotMatch(read(path), /^(?!\s*\/?\*).*\S.*\/\*(?!.*\*\/)/m, `${path}: a comment behind code goes on`);
    for (const line of read(path).split('\n')) {
      const count = what => line.split(what).length - 1;
      assert.equal(count('`') % 2, 0, `${path}: a text of several lines, or a single backtick in a comment: ${line}`);
      assert.ok(count('${') <= count('}'), `${path}: a text within a text, of several lines: ${line}`);
      assert.ok(!line.endsWith('\\'), `${path}: a text that goes on: ${line}`);
      assert.ok(!path.endsWith('.css') || !line.trim().startsWith('//'), `${path}: no comment in CSS: ${line}`);
    }
  }
});

test('files stay readable: at most 250 lines', () => {
  for (const path of all.filter(name => /\.(js|css)$/.test(name))) assert.ok(read(path).split('\n').length <= 251, path);
});

test('a page whose scripts do not run shows after a while that it is being opened: the style does that alone', () => {
  const [page, style] = [read('class.html'), read('css/opening.css')];
  assert.match(page, /<div id="page" hidden>/);
  assert.match(style, /#page\[hidden\] \{ display: block !important;[^}]*animation: come/);
  assert.match(style, /#page\[hidden\]::before \{ content: /);
});
