import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {processWith} from '../../bench/proc.ts';
import {pause} from '../../src/lib/clock.ts';
import {run} from '../../src/lib/exec.ts';
import {daemonPid} from '../support/daemon.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const size = {columns: 100, rows: 30};
const program = path.resolve('dist/main.js');

/** Answers what is typed, and says by itself when a file appears: so a screen is seen to be of now. */
const agent = `
stty -echo
printf '\\033[1;32magent\\033[0m \\033[7mready\\033[0m é漢🙂\\r\\n'
(n=1; while :; do [ -e mark-$n ] && { echo "mark-$n seen"; n=$((n+1)); }; sleep 0.02; done) &
while read -r line; do echo "got $line"; done`;

let podman: Awaited<ReturnType<typeof openTestPodman>>;
let env: Readonly<Record<string, string>>;
let repo = '';

beforeAll(async () => {
  podman = await openTestPodman();
  env = {TRAILS_HOME: podman.home, LANG: 'C.UTF-8'};
  repo = path.join(podman.home, 'repo');
  mkdirSync(repo);
  const where = ['--workspace', 'bind', '--repo', repo, '--image', 'host'];
  const made = await trails('new', 'echoes', ...where, '--', 'bash', '-c', agent);
  expect(made.stderr).not.toContain('error');
});
afterAll(async () => podman?.close());

const trails = (...args: string[]) => run(process.execPath, [program, ...args], {env});
const open = (...args: string[]) => openPty(process.execPath, [program, ...args], {...size, env});
const mark = (number: number) => writeFileSync(path.join(repo, `mark-${number}`), '');
const exactScreen = async () => {
  const {stdout} = await trails('screen', 'echoes', '--ansi');
  // Each line of it ends its own colours.
  return stdout.replaceAll('\x1b[0m\n', '\n').trimEnd();
};

const victims = {
  'the daemon': async () => [await daemonPid(podman.paths)],
  "the engine's service": async () => [processWith(`unix://${podman.paths.runtime}/podman.sock`)],
  'both at once': async () => [
    await daemonPid(podman.paths),
    processWith(`unix://${podman.paths.runtime}/podman.sock`),
  ],
};

test.each(
  Object.entries(victims).map(([who, find], at) => ({who, find, number: at + 1})),
)('kill -9 of $who: an attached terminal and the dashboard show the screen of now by themselves, and typing works', {
  timeout: 60_000,
}, async ({who, find, number}) => {
  const attached = open('attach', 'echoes');
  await attached.shows('ready');
  const dashboard = open();
  await dashboard.shows(/echoes[\s\S]*ready/);
  attached.type(`before-${number}\r`);
  await attached.shows(`got before-${number}`);

  const pids = await find();
  expect(pids).not.toContain(undefined);
  const killed = performance.now();
  for (const pid of pids) process.kill(pid!, 'SIGKILL');
  mark(number);
  const since = () => `${Math.round(performance.now() - killed)} ms`;
  const [onTerminal, onDashboard] = await Promise.all(
    [attached, dashboard].map(async pty => {
      await pty.shows(`mark-${number} seen`);
      return since();
    }),
  );
  onTestFinished(() =>
    console.log(`${who} killed: attached terminal ${onTerminal}, dashboard ${onDashboard}, typing ${typing}`),
  );

  attached.type(`after-${number}\r`);
  await attached.shows(`got after-${number}`);
  const typing = since();
  await dashboard.shows(`got after-${number}`);
  await attached.emulator.settled();
  const shown = attached.emulator.lines(0);
  expect(shown.slice(0, 4).join('\n')).toContain('é漢🙂');
  expect(shown.join('\n').trimEnd()).toBe(await exactScreen());
  // Both leave as they would have: nothing of the break is left in them.
  attached.type('\x11');
  expect(await attached.exit()).toBe(0);
  dashboard.type('q');
  expect(await dashboard.exit()).toBe(0);
});

test('of keys typed while there is no daemon only those are lost that were on their way to the dead one', {
  timeout: 60_000,
}, async () => {
  const attached = open('attach', 'echoes');
  await attached.shows('ready');
  process.kill((await daemonPid(podman.paths))!, 'SIGKILL');
  const typed: string[] = [];
  const answered = () => [...attached.screen().matchAll(/got (key-\d+)$/gm)].map(([, key]) => key);
  while (answered().length === 0) {
    typed.push(`key-${typed.length}`);
    attached.type(`${typed.at(-1)}\r`);
    await pause(20);
  }
  await attached.shows(`got ${typed.at(-1)}\n`);
  // Each of them once, in order, without a gap.
  expect(answered()).toEqual(typed.slice(-answered().length));
  expect(answered().length).toBeGreaterThan(1);
});

test('an engine that hangs keeps nobody from what is recorded', {timeout: 60_000}, async () => {
  const service = processWith(`unix://${podman.paths.runtime}/podman.sock`)!;
  process.kill(service, 'SIGSTOP');
  onTestFinished(() => {
    process.kill(service, 'SIGCONT');
  });
  process.kill((await daemonPid(podman.paths))!, 'SIGKILL');
  const {exitCode, stdout} = await trails('ls');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('echoes');
});
