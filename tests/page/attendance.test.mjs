import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { placeOf, ticksOf, windowOf } from '../../Streaming.Server/wwwroot/js/attendance/axis.js';
import { firstOrder, missing, settled, sorted } from '../../Streaming.Server/wwwroot/js/attendance/report.js';
import { refusalText } from '../../Streaming.Server/wwwroot/js/attendance/texts.js';
import { roleIn } from '../../Streaming.Server/wwwroot/js/attendance/ticket.js';
import { clocksOf, lessonName, minutes, spanWords } from '../../Streaming.Server/wwwroot/js/attendance/words.js';
import en from '../../Streaming.Server/wwwroot/locales/attendance-en.js';
import zh from '../../Streaming.Server/wwwroot/locales/attendance-zh.js';

const root = fileURLToPath(new URL('../../Streaming.Server/wwwroot/', import.meta.url));
const read = path => readFileSync(join(root, path), 'utf8');
const placeholders = text => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort().join();
const none = { asked: 0, answered: 0, missed: 0, unreached: 0 };

/** A student who was there from one minute to another; not at all without minutes. */
function student(member, status, from, to, more = {}) {
  const time = minute => new Date(Date.UTC(2026, 8, 1, 8, minute)).toISOString();
  const came = from !== undefined;
  const present = came ? (to - from) * 60 : 0;
  return {
    member, name: member.toUpperCase(), status, leftEarly: false, isHere: false, drops: 0, checkIns: none,
    seconds: { present, picture: present, slides: 0, sound: 0, text: 0, connected: 0, stalled: 0, unknown: 0 },
    ...(came ? { firstIn: time(from), lastOut: time(to), spans: [{ from: time(from), to: time(to), kind: 'picture' }] } : { spans: [] }),
    ...more,
  };
}

const members = [student('bo', 'onTime', 1, 40), student('cy', 'absent'), student('ada', 'onTime', 0, 40, { leftEarly: true, drops: 3 }), student('dee', 'late', 9, 40), student('ed', 'unknown')];
const order = (column, descending) => sorted(members, { column, descending: descending ?? firstOrder(column).descending }, 'en').map(of => of.member);

test('by status the absent are on top, then the doubtful, then the late', () => {
  assert.deepEqual(order('status'), ['cy', 'ed', 'dee', 'ada', 'bo']);
  assert.deepEqual(order('status', true), ['bo', 'ada', 'dee', 'ed', 'cy']);
});

test('who has nothing to sort by stands last, whichever way round', () => {
  assert.deepEqual(order('firstIn'), ['ada', 'bo', 'dee', 'cy', 'ed']);
  assert.deepEqual(order('firstIn', true), ['dee', 'bo', 'ada', 'cy', 'ed']);
  assert.deepEqual(order('present'), ['dee', 'bo', 'ada', 'cy', 'ed']);
  assert.deepEqual(order('drops'), ['ada', 'bo', 'dee', 'cy', 'ed']);
  assert.deepEqual(order('checkIns'), ['ada', 'bo', 'cy', 'dee', 'ed']);
});

test('names are in the order of the reader’s language, and numbers in them count', () => {
  const named = names => names.map((name, i) => student(`m${i}`, 'onTime', 0, 1, { name }));
  const by = (names, language) => sorted(named(names), { column: 'name', descending: false }, language).map(of => of.name);
  assert.deepEqual(by(['Student 10', 'Student 9'], 'en'), ['Student 9', 'Student 10']);
  assert.deepEqual(by(['张三', '李四', '阿明'], 'zh'), ['阿明', '李四', '张三']);
});

test('a fresh report moves no row: who is new comes to where they belong', () => {
  assert.deepEqual(settled([], ['a', 'b', 'c']), ['a', 'b', 'c']);
  assert.deepEqual(settled(['a', 'b', 'c'], ['c', 'b', 'a']), ['a', 'b', 'c']);
  assert.deepEqual(settled(['a', 'c'], ['a', 'b', 'c', 'd']), ['a', 'b', 'c', 'd']);
  assert.deepEqual(settled(['a', 'b', 'c'], ['c', 'x', 'a']), ['x', 'a', 'c']);
});

test('the missing are those who never came', () => {
  const report = { members: [...members, student('fay', 'unknown', 3, 4)] };
  assert.deepEqual(missing(report, 'absent').map(of => of.member), ['cy']);
  assert.deepEqual(missing(report, 'unknown').map(of => of.member), ['ed']);
});

test('a span stands where its time is, within the lesson', () => {
  const window = windowOf({ startedAt: '2026-09-01T08:00:00Z', until: '2026-09-01T08:40:00Z' });
  assert.deepEqual(placeOf(window, '2026-09-01T08:10:00Z', '2026-09-01T08:20:00Z'), { left: .25, width: .25 });
  assert.deepEqual(placeOf(window, '2026-09-01T07:00:00Z', '2026-09-01T09:00:00Z'), { left: 0, width: 1 });
  const instant = windowOf({ startedAt: '2026-09-01T08:00:00Z', until: '2026-09-01T08:00:00Z' });
  assert.equal(instant.to - instant.from, 1_000);
});

test('the axis counts in round times of the reader’s clock, and not more than there is room for', () => {
  const window = windowOf({ startedAt: '2026-09-01T08:03:00Z', until: '2026-09-01T08:43:00Z' });
  const at = (most, offset) => ticksOf(window, most, offset).map(time => new Date(time + offset * 60_000).toISOString().slice(11, 16));
  assert.deepEqual(at(5, 0), ['08:10', '08:20', '08:30', '08:40']);
  assert.deepEqual(at(5, 345), ['13:50', '14:00', '14:10', '14:20']);
  assert.deepEqual(at(2, 0), ['08:20', '08:40']);
  assert.deepEqual(ticksOf({ from: 0, to: 28_000 }, 6, 0), [0, 5_000, 10_000, 15_000, 20_000, 25_000]);
  for (const hours of [1, 3, 12, 70]) {
    const long = { from: window.from, to: window.from + hours * 3_600_000 };
    for (const most of [2, 4, 10]) assert.ok(ticksOf(long, most, 0).length <= most + 1, `${hours} h, ${most}`);
  }
});

test('a span is told in words, short ones by the second', () => {
  const of = student('ada', 'onTime', 0, 40);
  assert.match(spanWords(of, of.spans[0]), /^ADA: Picture and sound, \d\d:\d\d – \d\d:\d\d \(40 min\)$/);
  assert.match(spanWords(of, { kind: 'stalled', from: '2026-09-01T08:00:00Z', to: '2026-09-01T08:00:07.2Z' }), /Network failing, \d\d:\d\d:00 – \d\d:\d\d:07 \(7 s\)$/);
  assert.match(clocksOf({ from: '2026-09-01T08:00:10Z', to: '2026-09-01T08:00:33Z' }).to, /:00:33$/);
  assert.doesNotMatch(clocksOf({ from: '2026-09-01T08:00:10Z', to: '2026-09-01T08:04:00Z' }).to, /:\d\d:/);
  assert.equal(minutes(95), '1.6');
  assert.match(lessonName({ startedAt: '2026-09-01T08:00:00Z' }), /\d\d:\d\d –$/);
});

test('a lesson is named with its year only where that is not this one', () => {
  const now = new Date();
  const past = new Date(now.getFullYear() - 1, 5, 5, 12);
  assert.ok(!lessonName({ startedAt: now.toISOString() }).includes(String(now.getFullYear())));
  assert.ok(lessonName({ startedAt: past.toISOString() }).includes(String(past.getFullYear())));
});

test('the role is read out of a ticket, and nonsense has none', () => {
  const ticket = payload => `x.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.y`;
  assert.equal(roleIn(ticket({ role: 'office', name: '教务处' })), 'office');
  for (const text of ['', 'a.b.c', 'x', ticket(null), ticket({ role: 7 })]) assert.equal(roleIn(text), null);
});

test('both languages have the same texts, filled in with the same values', () => {
  assert.deepEqual(Object.keys(zh), Object.keys(en));
  for (const key of Object.keys(en)) {
    assert.ok(en[key].trim() && zh[key].trim(), key);
    assert.equal(placeholders(zh[key]), placeholders(en[key]), key);
    if (!['CSV', 'Excel'].includes(zh[key]) && /\p{L}/u.test(en[key].replaceAll(/\{\w+\}/g, ''))) assert.match(zh[key], /\p{Script=Han}/u, key);
  }
});

test('every refusal that the attendance has is said in words', () => {
  const codes = ['ticket_missing', 'ticket_expired', 'wrong_class', 'teacher_only', 'office_only', 'admin_key_invalid', 'roll_too_large', 'lesson_not_found', 'busy'];
  assert.equal(new Set(codes.map(refusalText)).size, codes.length);
  assert.equal(refusalText('never_heard_of'), en['failed.later']);
  assert.equal(refusalText(null), en['failed.later']);
});

test('the page asks for every module of its own at once, and a student’s page for none of them', () => {
  const closure = (path, found = new Set()) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const [, target] of read(path).matchAll(/^(?:import|export)\b[^;]*?from '(\.[^']+)'/gm)) closure(normalize(join(dirname(path), target)), found);
    return found;
  };
  const html = read('attendance.html');
  const preloaded = [...html.matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map(match => match[1]);
  assert.deepEqual([...preloaded, 'js/attendance/page.js'].sort(), [...closure('js/attendance/page.js')].sort());
  for (const [, style] of html.matchAll(/rel="stylesheet" href="\/([^"]+)"/g)) assert.ok(readdirSync(join(root, 'css')).includes(style.slice(4)), style);
  for (const path of closure('js/class.js')) assert.doesNotMatch(path, /attendance/);
});

test('every text that the page names exists', () => {
  for (const file of readdirSync(join(root, 'js/attendance'))) {
    for (const [, key] of read(`js/attendance/${file}`).matchAll(/\b(?:at\(|words\('\w+', )'([\w.]+)'/g)) assert.ok(key in en, `${file}: ${key}`);
  }
});
