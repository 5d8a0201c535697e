import {describe, expect, onTestFinished, test} from 'vitest';
import {agentProgram} from '../../src/providers/mock/agents/agent-program.ts';
import {looks} from '../../src/providers/mock/agents/look.ts';
import {scenes} from '../../src/providers/mock/agents/scenes.ts';
import {type Running, runProgram} from '../../src/providers/mock/program.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {manualClock} from '../support/manual-clock.ts';

const size = {columns: 80, rows: 24};

/** A scripted agent on a terminal, in a time that stands. */
function begin(...argv: readonly string[]) {
  const clock = manualClock();
  const emulator = createEmulator({size});
  onTestFinished(() => emulator.dispose());
  let printed = '';
  const program = agentProgram(argv);
  if (!program) throw new Error(`no agent ${argv[0]}`);
  const options = {argv, env: {}, workspace: '/', size, clock};
  const running: Running = runProgram(program, {
    ...options,
    onOutput(bytes) {
      printed += Buffer.from(bytes).toString();
      emulator.write(bytes);
    },
  });
  return {
    clock,
    running,
    type: (text: string) => running.input(Buffer.from(text)),
    reports: () => [...printed.matchAll(/\x1b\]7501;state=(\w+)/g)].map(([, state]) => state),
    titles: () => [...printed.matchAll(/\x1b\]0;([^\x07]*)\x07/g)].map(([, title]) => title),
    async screen() {
      await emulator.settled();
      return emulator.text().map(line => line.trimEnd());
    },
    resize(columns: number, rows: number) {
      emulator.resize({columns, rows});
      running.resize({columns, rows});
    },
  };
}

/** Lines in which an agent writes its prompt, and none of what came before. */
const inputs = (lines: readonly string[]) => lines.filter(line => /^(❯|›| >)/.test(line));

describe.each(Object.keys(looks))('%s', name => {
  test('takes a prompt, works and is ready again; then it costs nothing', async () => {
    const {type, clock, screen, titles} = begin(name);
    const idle = clock.pending;
    type('fix it\r');
    expect((await screen()).join('\n')).toContain('fix it');
    clock.pass(1000);
    const busy = titles().at(-1);
    clock.pass(10_000);
    expect((await screen()).join('\n')).toContain('Done, as far as a script can do it');
    expect(titles().at(-1)).not.toBe(busy);
    expect([idle, clock.pending]).toEqual([0, 0]);
  });

  test('asks, and goes on as it is answered', async () => {
    const {type, clock, screen, titles} = begin(name);
    type('ask me\r');
    clock.pass(4000);
    expect((await screen()).join('\n')).toMatch(/Would you like to run|Do you want to proceed\?|Allow execution/);
    const asking = titles().at(-1);
    type('y');
    clock.pass(10_000);
    expect((await screen()).join('\n')).toMatch(/2 passed(?:.*\n)*.*Done/);
    expect(asking === '✳ Claude Code' || asking !== titles().at(-1)).toBe(true);
  });

  test('a pasted prompt of several lines is one prompt, however it comes in pieces', async () => {
    const {type, running, clock, screen} = begin(name);
    type('\x1b[200~');
    for (const byte of Buffer.from('first\rsecond ◆\x1b[201~')) running.input(Uint8Array.of(byte));
    clock.pass(100);
    expect(inputs(await screen()).at(-1)).toContain('first↵second ◆');
    type('\r');
    clock.pass(100);
    expect((await screen()).join('\n')).toMatch(/first\n +second ◆/);
  });
});

test('what it tells of itself follows what it does', () => {
  const {type, clock, reports} = begin('claude');
  expect(reports()).toEqual(['idle']);
  type('may I?\r');
  clock.pass(4000);
  expect(reports()).toEqual(['idle', 'working', 'blocked']);
  type('\x1b');
  expect(reports()).toEqual(['idle', 'working', 'blocked', 'idle']);
  type('fail\r');
  clock.pass(10_000);
  expect(reports().slice(4)).toEqual(['working', 'error']);
});

test('an interrupted one stays interrupted, and /exit ends it', async () => {
  const {type, clock, reports, running} = begin('codex', '--scene', 'deploy');
  clock.pass(1000);
  type('\x1b');
  clock.pass(60_000);
  expect(reports()).toEqual(['working', 'idle']);
  type('/exit\r');
  expect(await running.exit).toBe(0);
});

test('a prompt written while it works waits for its turn', async () => {
  const {type, clock, screen} = begin('claude', 'first');
  clock.pass(500);
  type('second\r');
  expect((await screen()).filter(line => line === '❯ second')).toEqual([]);
  clock.pass(20_000);
  expect((await screen()).filter(line => line === '❯ second')).toHaveLength(1);
});

test.each(Object.keys(scenes))('the scene %s goes on for a while without a fault', async name => {
  const {type, clock, screen} = begin('claude', '--scene', name);
  for (let round = 0; round < 20; round++) {
    clock.pass(3000);
    type('y');
  }
  const lines = await screen();
  // What is live is drawn in place: its rules stand once, or not at all once it has gone.
  expect(lines.filter(line => /^─+$/.test(line)).length).toBeLessThanOrEqual(2);
});

test('a resumed one tells what was before, and waits', async () => {
  const {clock, screen, reports} = begin('claude', '--continue', '--scene', 'deploy');
  clock.pass(60_000);
  expect((await screen()).join('\n')).toContain('one shop that does not answer must not stop the others');
  expect(reports().at(-1)).toBe('done');
});

test('another size draws all of it anew', async () => {
  const {clock, screen, resize} = begin('claude', '--scene', 'docs');
  clock.pass(1000);
  resize(50, 20);
  clock.pass(1000);
  const lines = await screen();
  expect(lines.filter(line => line === '─'.repeat(50))).toHaveLength(2);
  expect(lines.some(line => line.includes('─'.repeat(51)))).toBe(false);
});

test.each([
  [['claude', '--permission-mode', 'plan'], false],
  [['claude', '--permission-mode', 'plan', 'fix the tests'], true],
  [['claude', 'fix the tests'], true],
  [['gemini', '-i', 'fix the tests'], true],
  [['codex', 'resume', '--last'], true],
] as const)('%j begins with a prompt: %s', (argv, expected) => {
  const {titles, reports} = begin(...argv);
  expect(reports().includes('working') || titles().some(title => title?.startsWith('✦'))).toBe(expected);
});
