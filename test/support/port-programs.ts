import {spawnSync} from 'node:child_process';
import {appendFileSync, existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Host, Program} from '../../src/providers/mock/program.ts';
import {bundleScript} from '../../src/workspaces/returning/agent-work.ts';
import {gitEnv} from './git-repo.ts';
import {type Habits, promptedAgent} from './prompted-agent.ts';
import {scriptedProgram} from './scripted-programs.ts';

const takesCommitsOut = (command: string): boolean => {
  const [, base] = /--not ([0-9a-f]+)$/m.exec(command) ?? [];
  return base !== undefined && command === bundleScript(base);
};

function runShell(host: Host, command: string): void {
  const {stdout, stderr, status} = spawnSync('/bin/sh', ['-c', command], {cwd: host.workspace, env: gitEnv});
  // Nothing at all where the workspace is no directory.
  host.print(stdout ?? '');
  host.print(stderr ?? '', 'stderr');
  host.exit(status ?? 1);
}

const programs: Readonly<Record<string, (host: Host, args: readonly string[]) => void>> = {
  /** Ends with this code at the first key. */
  exitAtKey(host, [code]) {
    host.print('press a key\r\n');
    host.onInput(() => host.exit(Number(code)));
  },
  /** Asks its terminal where the cursor is, after so many ms, and counts the answers. */
  asksAfter(host, [ms]) {
    let answers = 0;
    host.onInput(bytes => {
      answers += Buffer.from(bytes).toString().split('R').length - 1;
      host.print(`answers=${answers}\r\n`);
    });
    host.after(Number(ms), () => host.print('\x1b[6nasked\r\n'));
  },
  /** Says that it is blocked, but only in its first run. */
  blockedOnce(host) {
    const mark = path.join(host.workspace, 'ran');
    if (!existsSync(mark)) host.print('\x1b]7501;state=blocked\x07');
    writeFileSync(mark, '');
    host.print('here\r\n');
  },
  /** What is typed is what it says of itself. */
  tells(host) {
    host.print('ready\r\n');
    host.onInput(bytes => host.print(`\x1b]7501;${Buffer.from(bytes)}\x07told\r\n`));
  },
  /** An agent with an input box; what it takes is written into `taken` in its workspace, one JSON string a line. */
  prompted(host, [habits = '{}']) {
    const file = path.join(host.workspace, 'taken');
    promptedAgent(JSON.parse(habits) as Habits, {
      size: () => host.size,
      print: text => host.print(text),
      onInput: host.onInput,
      after: host.after,
      took: prompt => appendFileSync(file, `${JSON.stringify(prompt)}\n`),
    });
  },
  /** Says one of these of itself each second. */
  reports(host, records) {
    host.print('ready\r\n');
    for (const [at, record] of records.entries())
      host.after((at + 1) * 1000, () => host.print(`\x1b]7501;${record}\x07told\r\n`));
  },
  /** Says so and fails until there is this file in its workspace. */
  needs(host, [file = '']) {
    const there = existsSync(path.join(host.workspace, file));
    host.print(there ? `found ${file}\r\n` : `no ${file}\r\n`);
    host.exit(there ? 0 : 1);
  },
  /** Ends well once there is this file in its workspace: looks every 10 ms. */
  waits(host, [file = '']) {
    const look = () => (existsSync(path.join(host.workspace, file)) ? host.exit(0) : host.after(10, look));
    host.print(`waits for ${file}\r\n`);
    look();
  },
  /** Writes a line down, which outlives its environment. */
  notes(host, words) {
    appendFileSync(path.join(host.workspace, 'notes'), `${words.join(' ')}\n`);
    host.print(`noted ${words.join(' ')}\r\n`);
    host.exit(0);
  },
  /** A shell; with -c the program that the command's words name, or the script that takes commits out, with the real git. */
  '/bin/sh'(host, [flag, command = '']) {
    if (flag === '-c' && takesCommitsOut(command)) return runShell(host, command);
    const program = flag === '-c' ? portProgram(command.split(' ')) : undefined;
    if (program) return program(host);
    host.print('$ ');
    host.onInput(bytes => host.print(bytes));
  },
};

/** The provider contract's programs, and those the port's needs. */
export const portProgram = (argv: readonly string[]): Program | undefined => {
  const [name = '', ...args] = argv;
  const program = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return program ? host => program(host, args) : scriptedProgram(argv);
};
