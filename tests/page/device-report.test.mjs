import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeviceReports, ReportPace } from '../../Streaming.Server/wwwroot/js/device-report.js';

const report = (more = {}) => ({ hidden: false, stalled: false, silent: false, ...more });

test('a new connection is told at once, and then nothing until something changes', () => {
  const pace = new ReportPace();
  assert.equal(pace.wait(0), 0);
  assert.deepEqual(pace.tell(0), report());
  assert.equal(pace.wait(5_000), null);
  pace.look(report(), 6_000);
  assert.equal(pace.wait(6_000), null);
  pace.joined();
  assert.equal(pace.wait(6_000), 0);
});

test('a change is told when it has lasted a second, and what has passed by then is not', () => {
  const pace = new ReportPace();
  pace.tell(0);
  pace.look(report({ hidden: true }), 10_000);
  assert.equal(pace.wait(10_000), 1_000);
  pace.look(report(), 10_500);
  assert.equal(pace.wait(10_500), null);
  pace.look(report({ silent: true }), 20_000);
  pace.look(report({ silent: true, hidden: true }), 20_600);
  assert.equal(pace.wait(20_700), 900);
  assert.deepEqual(pace.tell(21_600), report({ silent: true, hidden: true }));
});

test('two reports are two seconds apart, and one that was refused waits longer', () => {
  const pace = new ReportPace();
  pace.tell(10_000);
  pace.look(report({ stalled: true }), 10_100);
  assert.equal(pace.wait(10_100), 1_900);
  pace.refused(12_000);
  assert.equal(pace.wait(12_000), 10_000);
});

test('what happens to the page reaches the hub, on every connection anew', async context => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  context.mock.method(performance, 'now', () => now);
  const pass = async ms => {
    for (let step = 0; step < ms; step += 100) {
      now += 100;
      context.mock.timers.tick(100);
      await Promise.resolve();
      await Promise.resolve();
    }
  };
  const document = new EventTarget();
  Object.assign(globalThis, { document, window: globalThis });
  const truth = report();
  const told = [];
  const hub = { link: 'stopped', invoke: async (method, value) => { told.push([method, value]); } };
  const reports = new DeviceReports(hub, () => ({ ...truth }));
  truth.silent = true;
  reports.look();
  await pass(5_000);
  assert.deepEqual(told, []);

  hub.link = 'online';
  reports.joined();
  await pass(3_000);
  assert.deepEqual(told, [['Report', report({ silent: true })]]);

  truth.hidden = true;
  document.dispatchEvent(new Event('visibilitychange'));
  await pass(900);
  assert.equal(told.length, 1);
  await pass(200);
  assert.deepEqual(told.at(-1), ['Report', report({ silent: true, hidden: true })]);

  await pass(5_000);
  reports.joined();
  await pass(100);
  assert.equal(told.length, 3);
});
