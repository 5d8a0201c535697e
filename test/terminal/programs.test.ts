import {spawnSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {spawn} from '@lydell/node-pty';
import {afterAll, expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {expectPaintedAlike, type Step} from './painted.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'trails-terminal-'));
const document = path.join(directory, 'notes.ts');
writeFileSync(
  document,
  Array.from({length: 200}, (_, at) => `export const line${at} = '${'wörd '.repeat(at % 30)}日本'; // ${at}`).join(
    '\n',
  ),
);
const tmuxServer = `trails-test-${process.pid}`;
const tmuxSettings = path.join(directory, 'tmux.conf');
writeFileSync(tmuxSettings, `set -g default-command "PS1='prompt> ' bash --norc --noprofile"\n`);
afterAll(() => {
  spawnSync('tmux', ['-L', tmuxServer, 'kill-server'], {env: {...process.env, TMUX_TMPDIR: directory}});
  // Its shells may still be writing as they go.
  rmSync(directory, {recursive: true, force: true, maxRetries: 20, retryDelay: 50});
});

interface Wait {
  readonly until: RegExp;
  /** Also waits for this in the raw output since the act, where the screen may show what is wanted from before. */
  readonly printed?: RegExp;
}
type Act = Wait & ({readonly type: string} | {readonly columns: number; readonly rows: number});

/** Runs a program in a PTY, doing each act once the screen shows what the one before was to bring. */
async function record(
  file: string,
  args: readonly string[],
  first: RegExp,
  acts: readonly Act[],
): Promise<readonly Step[]> {
  const size = {columns: 80, rows: 24};
  const emulator = createEmulator({size});
  const program = spawn(file, [...args], {
    cols: size.columns,
    rows: size.rows,
    encoding: null,
    cwd: directory,
    env: {
      ...process.env,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      HOME: directory,
      PS1: 'prompt> ',
      TMUX: '',
      TMUX_TMPDIR: directory,
      HISTFILE: '',
    },
  });
  const steps: Step[] = [];
  const shows = ({until, printed}: Wait, since = steps.length) =>
    new Promise<void>(resolve => {
      const printedIt = () => {
        const bytes = steps.slice(since).filter(step => step instanceof Uint8Array);
        return printed === undefined || printed.test(Buffer.concat(bytes).toString('latin1'));
      };
      const look = () => {
        if (!found && until.test(emulator.text().join('\n')) && printedIt()) {
          found = true;
          resolve();
        }
      };
      let found = false;
      emulator.onChange(look);
      look();
    });
  emulator.onAnswer(text => program.write(text));
  program.onData(data => {
    const bytes = Buffer.from(data);
    steps.push(bytes);
    emulator.write(bytes);
  });
  await shows({until: first});
  for (const act of acts) {
    const since = steps.length;
    if ('type' in act) program.write(act.type);
    else {
      steps.push({columns: act.columns, rows: act.rows});
      emulator.resize(act);
      program.resize(act.columns, act.rows);
    }
    await shows(act, since);
  }
  // A copy: the program's last words are no part of it.
  const seen = [...steps];
  const gone = new Promise(resolve => program.onExit(resolve));
  program.kill('SIGKILL');
  await gone;
  emulator.dispose();
  return seen;
}

const programs: Readonly<Record<string, {args: string[]; first: RegExp; acts: readonly Act[]}>> = {
  vim: {
    // Vim may notice a new size only once it has waited for a key for `updatetime`.
    args: ['-u', 'NONE', '-c', 'set nocp updatetime=50 ruler nu mouse=a | syntax on', document],
    first: /line0 =/,
    acts: [
      {type: '50G:split\r', until: /line49[\s\S]*notes\.ts[\s\S]*notes\.ts/},
      {columns: 61, rows: 17, until: /line49/, printed: /notes\.ts[\s\S]*notes\.ts/},
      {type: '120Gzz', until: /120 /},
      {columns: 100, rows: 30, until: /line119/, printed: /notes\.ts[\s\S]*notes\.ts/},
      {type: 'iinserted here', until: /inserted here/},
    ],
  },
  less: {
    args: [document],
    first: /line0 =[\s\S]*notes\.ts/,
    acts: [
      {type: '  ', until: /line30/},
      {type: '/line77\r', until: /line77 =/},
      {columns: 50, rows: 12, until: /line77/, printed: /line77/},
      {type: 'b', until: /line7\d/},
    ],
  },
  bash: {
    args: ['--norc', '--noprofile', '-i'],
    first: /prompt>\s*$/,
    acts: [
      {
        type: 'for i in $(seq 40); do printf "\\033[3%dm%s\\033[0m " $((i%8)) "row-$i"; done; echo\r',
        until: /row-40[\s\S]*prompt>\s*$/,
      },
      {columns: 44, rows: 11, until: /prompt>\s*$/},
      {type: 'echo "a line that is longer than the window is wide, so that it wraps', until: /s\s*$/},
      {columns: 90, rows: 20, until: /s\s*$/},
    ],
  },
  tmux: {
    args: ['-L', tmuxServer, '-f', tmuxSettings, 'new-session'],
    first: /prompt>/,
    acts: [
      {type: '\x02%', until: /prompt>.*│.*prompt>/},
      {type: '\x02"', until: /├─/},
      {columns: 60, rows: 16, until: /├─/},
      {type: 'echo do""ne\r', until: /done/},
    ],
  },
};

for (const [file, {args, first, acts}] of Object.entries(programs)) {
  const there = spawnSync('sh', ['-c', 'command -v "$0"', file]).status === 0;
  test.skipIf(!there)(
    `a viewer who joins ${file} after each step sees its screen (needs ${file})`,
    async () => {
      const steps = await record(file, args, first, acts);
      const resizes = steps.flatMap((step, at) => (typeof step === 'object' && 'columns' in step ? [at, at + 1] : []));
      for (const end of [1, ...resizes, steps.length])
        await expectPaintedAlike({columns: 80, rows: 24}, steps.slice(0, end));
      expect(resizes.length).toBeGreaterThan(0);
    },
    30_000,
  );
}
