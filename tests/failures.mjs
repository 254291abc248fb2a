/**
 * Prints the failed tests of one result file (.trx), each with its message and the first lines of its trace,
 * so that the end of a long log says what went wrong. Usage: node failures.mjs <file.trx>
 */

import { readFileSync } from 'node:fs';

const TRACE_LINES = 6;
const MESSAGE_LINES = 20;

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const text = (/** @type {string} */ xml) => xml
  .replace(/&#x([0-9A-Fa-f]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
  .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  .replace(/&(\w+);/g, (whole, name) => entities[/** @type {keyof typeof entities} */ (name)] ?? whole);
const first = (/** @type {string} */ all, /** @type {number} */ count) =>
  all.split('\n').slice(0, count).map(line => `    ${line.trimEnd()}`).join('\n');

const results = readFileSync(process.argv[2] ?? '', 'utf8').matchAll(/<UnitTestResult ([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g);
for (const [, attributes = '', body = ''] of results) {
  const of = (/** @type {string} */ name) => text(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
  if (of('outcome') === 'Passed') continue;
  const inside = (/** @type {string} */ tag) => text(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(body)?.[1] ?? '');
  console.log(`FAILED: ${of('testName')} (${of('outcome')} after ${of('duration')})`);
  console.log(first(inside('Message'), MESSAGE_LINES));
  console.log(first(inside('StackTrace'), TRACE_LINES));
}
