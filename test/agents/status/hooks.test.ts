import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {createDetector} from '../../../src/agents/status/detector.ts';
import {createHookLayer} from '../../../src/agents/status/hook-layer.ts';
import type {HookRule} from '../../../src/agents/status/rules.ts';
import {type HookSample, hookSamples} from '../../support/agent-fixtures.ts';
import {manualClock} from '../../support/manual-clock.ts';

const word = (value: unknown) => (typeof value === 'string' && /^[\w.:-]{1,100}$/.test(value) ? value : '');

/** What our hook program, or our plugin, writes of such a payload. */
function lineOf({event, payload}: HookSample): string {
  const properties = (payload.properties ?? payload) as Readonly<Record<string, unknown>>;
  const nested = (key: string, field: string) =>
    (properties[key] as Readonly<Record<string, unknown>> | undefined)?.[field];
  return JSON.stringify({
    event,
    tool: word(payload.tool_name ?? payload.toolName),
    kind: word(payload.notification_type ?? nested('status', 'type') ?? nested('error', 'name')),
    session: word(payload.session_id ?? payload.sessionId ?? properties.sessionID),
  });
}

function statusesOf(agent: string, samples: readonly HookSample[]): readonly string[] {
  const clock = manualClock();
  const told: string[] = [];
  const detector = createDetector({
    ...{clock, rules: {...builtIn.named(agent).status, screen: []}, clean: text => text},
    look: () => ({rows: [], drawing: false, colour: () => '-'}),
    onChange() {},
  });
  for (const sample of samples) {
    detector.hook(lineOf(sample));
    clock.pass(10);
    const {status, kind, source} = detector.verdict;
    if (source === 'hook') told.push(`${sample.event} ${status}${kind === '' ? '' : ` ${kind}`}`);
  }
  return told;
}

const viaHook = (agent: string) => hookSamples(agent).filter(({via}) => via === 'hook');

test('Claude Code: what each event means', () => {
  expect(statusesOf('claude', viaHook('claude').slice(0, 14))).toEqual([
    ...['SessionStart ready', 'UserPromptSubmit thinking', 'Stop ready', 'UserPromptSubmit thinking', 'Stop ready'],
    ...['PreToolUse working', 'PermissionRequest waiting permission', 'Notification waiting permission'],
    ...['PostToolUse thinking', 'PostToolBatch thinking', 'PreToolUse working', 'PermissionRequest waiting question'],
    ...['PostToolUse thinking', 'StopFailure error'],
  ]);
});

test('Codex: what each event means; its notify is not listened to', () => {
  const ofOneSession = hookSamples('codex').filter(({event}) => event !== 'SessionStart');
  expect(statusesOf('codex', ofOneSession)).toEqual([
    ...['UserPromptSubmit thinking', 'UserPromptSubmit thinking', 'PreToolUse working'],
    ...['PermissionRequest waiting permission', 'PostToolUse thinking', 'Stop ready', 'Stop ready', 'SessionEnd ready'],
    ...['agent-turn-complete ready', 'agent-turn-complete ready'],
  ]);
});

test('Qwen Code: what each event means', () => {
  const ofOneSession = viaHook('qwen').filter(({payload}) => String(payload.session_id).startsWith('71193e99'));
  expect(statusesOf('qwen', ofOneSession)).toEqual([
    ...['SessionStart ready', 'UserPromptSubmit thinking', 'PermissionRequest waiting permission'],
    ...['Notification waiting permission', 'PreToolUse working', 'PostToolUse thinking', 'UserPromptSubmit thinking'],
    ...['Stop ready', 'Notification ready', 'PermissionRequest waiting question'],
  ]);
});

test('Copilot: what each event means', () => {
  const told = statusesOf('copilot', viaHook('copilot'));
  expect(told.slice(0, 7)).toEqual([
    ...['sessionStart ready', 'userPromptSubmitted thinking', 'agentStop ready', 'userPromptSubmitted thinking'],
    ...['preToolUse working', 'permissionRequest waiting permission', 'notification waiting permission'],
  ]);
});

test('Gemini CLI: a session at a time', () => {
  const of = (session: string) =>
    viaHook('gemini').filter(({payload}) => String(payload.session_id).startsWith(session));
  expect(statusesOf('gemini', of('b1a99ee1')).filter(one => /^(Before|After)Agent/.test(one))).toEqual([
    ...['BeforeAgent thinking', 'AfterAgent ready', 'BeforeAgent thinking'],
  ]);
  expect(statusesOf('gemini', of('667cbeba'))).toEqual(['BeforeTool working', 'AfterTool thinking']);
  expect(statusesOf('gemini', of('ec6421f5'))[0]).toBe('BeforeTool working');
});

test('opencode: an error stays, though it is idle behind it; an interrupt is no error', () => {
  const event = (name: string, properties: object) => ({event: name, via: 'plugin', payload: {properties}});
  const session = {sessionID: 'ses_one'};
  const status = (type: string) => event('session.status', {...session, status: {type}});
  expect(
    statusesOf('opencode', [
      ...[status('busy'), status('retry'), event('session.error', {...session, error: {name: 'APIError'}})],
      ...[status('idle'), event('session.idle', session), status('busy')],
      event('session.error', {...session, error: {name: 'MessageAbortedError'}}),
      ...[status('idle'), status('busy'), event('permission.asked', session), event('permission.replied', session)],
      event('question.asked', session),
    ]),
  ).toEqual([
    ...['session.status working', 'session.status working retry', 'session.error error', 'session.status error'],
    ...['session.idle error', 'session.status working', 'session.error ready', 'session.status ready'],
    ...['session.status working', 'permission.asked waiting permission', 'permission.replied working'],
    'question.asked waiting question',
  ]);
});

const rules: readonly HookRule[] = [
  {event: 'Start', status: 'ready', begins: 'always'},
  {event: 'Prompt', status: 'thinking', begins: 'idle'},
  {event: 'Tool', status: 'working'},
  {event: 'Stop', status: 'ready'},
  {event: 'Known'},
];
const open = () => {
  const layer = createHookLayer(rules, manualClock());
  return {layer, say: (event: string, more: object = {}) => layer.feed(JSON.stringify({event, ...more}))};
};

test('a foreign conversation is passed over while the own one is at work, and taken over when it begins', () => {
  const {layer, say} = open();
  say('Prompt', {session: 'own'});
  expect(say('Tool', {session: 'helper'})).toBe(false);
  expect(say('Prompt', {session: 'helper'})).toBe(false);
  expect(say('Stop', {session: 'helper'})).toBe(false);
  expect(layer.says?.status).toBe('thinking');
  say('Stop', {session: 'own'});
  say('Prompt', {session: 'next'});
  expect(layer.conversation).toBe('next');
  say('Start', {session: 'cleared'});
  expect(layer.conversation).toBe('cleared');
});

test('what an event says of a helper of the agent is not believed of the agent', () => {
  const {layer, say} = open();
  expect(say('Tool', {agent: 'explorer'})).toBe(false);
  expect(say('Tool', {parent: 'own'})).toBe(false);
  expect(layer.says).toBeUndefined();
});

test('an event without a status only tells the conversation', () => {
  const {layer, say} = open();
  expect(say('Known', {session: 'abc'})).toBe(true);
  expect([layer.says, layer.conversation]).toEqual([undefined, 'abc']);
});

test.each([
  '',
  'no json',
  '[]',
  'null',
  '"Tool"',
  '{"event":1}',
  '{"event":"Nothing"}',
  '{"event":"__proto__"}',
  '{"event":"constructor"}',
  '{"event":"Tool"',
  `{"event":"Tool","x":"${'x'.repeat(70_000)}"}`,
  `{"event":"${'T'.repeat(100)}"}`,
  '{"__proto__":{"event":"Tool"}}',
])('a line that is no event of a known kind changes nothing: %.40s', line => {
  const {layer} = open();
  expect(layer.feed(line)).toBe(false);
  expect([layer.says, layer.conversation]).toEqual([undefined, '']);
});

test.each([
  '-rf',
  '--resume',
  '../x',
  'a b',
  'a\u001b[2J',
  '',
  'x'.repeat(101),
  '漢',
])('what could not be the name of a conversation is none: %j', session => {
  const {layer, say} = open();
  say('Start', {session});
  expect(layer.conversation).toBe('');
});
