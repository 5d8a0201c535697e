import {appendFileSync, mkdirSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {builtIn} from '../../src/agents/registry.ts';
import {exchangeDirectory} from '../../src/sessions/context.ts';
import {createAgentStatus} from '../../src/sessions/terminals/agent-status.ts';
import {forgetHookLines} from '../../src/sessions/terminals/hook-lines.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleRecord} from '../support/sample-record.ts';

const box = ['─'.repeat(60), '❯ ', '─'.repeat(60), '  ⏸ manual mode on'];
const patienceMs = 5000;

async function open() {
  const {paths} = temporaryHome();
  const clock = manualClock();
  const record = sampleRecord({phase: 'running', phaseSince: clock.now(), agent: 'claude'});
  const directory = exchangeDirectory(paths, record.id);
  mkdirSync(directory, {recursive: true});
  const emulator = createEmulator({size: {columns: 60, rows: 20}});
  const conversations: string[] = [];
  let wake = () => {};
  const status = createAgentStatus({
    ...{context: {clock, paths}, record, emulator, rules: builtIn.named('claude').status},
    watched: () => false,
    onStatus: () => wake(),
    onMemory({conversation}) {
      if (conversation !== conversations.at(-1)) conversations.push(conversation);
    },
  });
  onTestFinished(() => {
    status.close();
    emulator.dispose();
  });
  status.caughtUp(false);
  const is = () =>
    `${status.detector.verdict.status} ${status.detector.verdict.kind} ${status.detector.verdict.source}`;
  return {
    ...{status, conversations, is, directory, pass: clock.pass},
    async draw(...rows: readonly string[]) {
      emulator.write(Buffer.from(`\x1b[H\x1b[2J${rows.join('\r\n')}`));
      await emulator.settled();
      clock.pass(500);
    },
    event: (event: string, more: object = {}) =>
      appendFileSync(`${directory}/hooks.jsonl`, `${JSON.stringify({event, session: 'abc-1', ...more})}\n`),
    /** Until the status is this one; the clock goes on meanwhile. */
    becomes: (wanted: string) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => end(() => reject(new Error(`it is ${is()}`))), patienceMs);
        const tick = setInterval(() => clock.pass(10), 5);
        const end = (how: () => void) => {
          clearTimeout(late);
          clearInterval(tick);
          how();
        };
        wake = () => {
          if (is() === wanted) end(resolve);
        };
        wake();
      }),
  };
}

test('events of the agent’s hooks are its status, with its conversation', async () => {
  const {draw, event, becomes, conversations, pass} = await open();
  await draw(...box);
  await becomes('ready  screen');
  event('UserPromptSubmit');
  await becomes('thinking  hook');
  event('PreToolUse', {tool: 'Bash'});
  await becomes('working  hook');
  event('PermissionRequest', {tool: 'Bash'});
  await becomes('waiting permission hook');
  event('Stop');
  await becomes('ready  hook');
  pass(1000);
  expect(conversations).toEqual(['abc-1']);
});

test('what it came to is unseen until it is seen', async () => {
  const {draw, event, becomes, status} = await open();
  await draw(...box);
  event('UserPromptSubmit');
  await becomes('thinking  hook');
  expect(status.unseen).toBe(false);
  event('StopFailure');
  await becomes('error  hook');
  expect(status.unseen).toBe(true);
  status.seen();
  expect(status.unseen).toBe(false);
});

test('a new run knows nothing of the events before it', async () => {
  const {event, becomes, status, is, conversations, pass, directory} = await open();
  event('UserPromptSubmit');
  await becomes('thinking  hook');
  // Whoever starts a run does so.
  forgetHookLines(directory);
  status.restart();
  expect(is()).toBe('starting  none');
  event('SessionStart', {session: 'abc-2'});
  event('UserPromptSubmit', {session: 'abc-2'});
  await becomes('thinking  hook');
  pass(1000);
  expect(conversations.at(-1)).toBe('abc-2');
});
