/**
 * Reads which tests failed from result files (.trx).
 *
 *   node failures.mjs filter <file.trx>              a filter that runs just those again; nothing when they are none, or too many for chance
 *   node failures.mjs tell <file.trx> [<again.trx>]  each with its message and the first lines of its trace, so that the end of a long log
 *                                                    says what went wrong; "FAILED" when it failed again or was not tried again, else "AGAIN"
 */

import { existsSync, readFileSync } from 'node:fs';

const TRACE_LINES = 6;
const MESSAGE_LINES = 20;

/** More than these is no chance. */
const MOST_TRIED_AGAIN = 3;

/** @typedef {{ name: string, outcome: string, took: string, message: string, trace: string }} Failure */

const entities = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
const text = (/** @type {string} */ xml) => xml
  .replace(/&#x([0-9A-Fa-f]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16)))
  .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
  .replace(/&(\w+);/g, (whole, name) => entities[/** @type {keyof typeof entities} */ (name)] ?? whole);
const first = (/** @type {string} */ all, /** @type {number} */ count) =>
  all.split('\n').slice(0, count).map(line => `    ${line.trimEnd()}`).join('\n');

/**
 * The tests of a file, by their names.
 * @param {string} path
 * @returns {Map<string, Failure>}
 */
function read(path) {
  const all = new Map();
  for (const [, attributes = '', body = ''] of readFileSync(path, 'utf8').matchAll(/<UnitTestResult ([^>]*?)(?:\/>|>([\s\S]*?)<\/UnitTestResult>)/g)) {
    const of = (/** @type {string} */ name) => text(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? '');
    const inside = (/** @type {string} */ tag) => text(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(body)?.[1] ?? '');
    all.set(of('testName'), { name: of('testName'), outcome: of('outcome'), took: of('duration'), message: inside('Message'), trace: inside('StackTrace') });
  }
  return all;
}

const [, , act, path = '', again = ''] = process.argv;
const failures = [...read(path).values()].filter(test => test.outcome !== 'Passed');
if (act === 'filter') {
  // A theory's name goes on with its arguments, which a filter does not know: all its rows run again.
  const methods = new Set(failures.map(test => test.name.replace(/\(.*$/s, '')));
  if (failures.length <= MOST_TRIED_AGAIN) console.log([...methods].map(method => `FullyQualifiedName=${method}`).join('|'));
} else {
  const second = existsSync(again) ? read(again) : new Map();
  for (const test of failures) {
    const passed = second.get(test.name)?.outcome === 'Passed';
    console.log(passed
      ? `AGAIN: ${test.name} passed at its second try; at its first (${test.took}):`
      : `FAILED: ${test.name} (${test.outcome} after ${test.took})`);
    console.log(first(test.message, MESSAGE_LINES));
    console.log(first(test.trace, TRACE_LINES));
  }
}
