import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { HUB_ERROR_CODES, HubError, codeOf, errorKey, hubErrorOf, retryAfter } from '../../Streaming.Server/wwwroot/js/hub-errors.js';

const contracts = readFileSync(new URL('../../Streaming.Contracts/HubErrors.cs', import.meta.url), 'utf8');

test('the code is found wherever the framework has put it in', () => {
  assert.equal(codeOf('chat_too_fast: Wait a little.'), 'chat_too_fast');
  assert.equal(codeOf("An unexpected error occurred invoking 'Say' on the server. HubException: chat_too_fast: Wait a little."), 'chat_too_fast');
  assert.equal(codeOf('Something else happened: no code here'), null);
  assert.equal(codeOf('no colon'), null);
  assert.equal(codeOf(''), null);
  assert.equal(codeOf(undefined), null);
});

test('every code of the contracts is known to the page', () => {
  const codes = [...contracts.matchAll(/public const string \w+ = "([a-z_]+)";/g)].map(match => match[1]);
  assert.ok(codes.length >= 20);
  for (const code of codes) assert.ok(HUB_ERROR_CODES.includes(code), code);
});

test('a refusal has its code, a lost call has none', () => {
  assert.equal(hubErrorOf(new Error('HubException: class_full: no seat')).code, 'class_full');
  assert.equal(hubErrorOf(new Error('WebSocket closed with status code: 1006')).code, null);
  assert.equal(hubErrorOf(new Error("made_up_code: what's that")).code, null);
  const error = new HubError('x', 'busy');
  assert.equal(hubErrorOf(error), error);
});

test('a door that is closed over HTTP is a ticket that does not open it', () => {
  assert.equal(hubErrorOf(new Error("Failed to complete negotiation with the server: Error: Unauthorized: Status code '401'")).code, 'ticket_invalid');
});

test('every code has its sentence, an unknown one the general', () => {
  assert.equal(errorKey('busy'), 'error.busy');
  assert.equal(errorKey('made_up'), 'error.unknown');
  assert.equal(errorKey(null), 'error.unknown');
});

test('only what time can mend is tried again by itself', () => {
  for (const code of ['ticket_expired', 'ticket_invalid', 'ticket_missing', 'wrong_class', 'class_not_found']) assert.equal(retryAfter(code), 'never');
  for (const code of ['replaced', 'teacher_present', 'too_many_devices']) assert.equal(retryAfter(code), 'ask');
  for (const code of ['class_full', 'busy', 'server_error', null]) assert.equal(retryAfter(code), 'later');
});
