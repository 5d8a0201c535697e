import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {openTestPodman} from '../support/podman.ts';
import {openPty} from '../support/pty.ts';

const main = path.resolve('dist/main.js');
const host = 'docs.example.invalid';
/** Asks the relay in the sandbox, with nothing but bash, and prints the first line of what it says. */
const ask = `exec 3<>/dev/tcp/127.0.0.1/3128
printf 'CONNECT ${host}:443 HTTP/1.1\\r\\nHost: ${host}:443\\r\\n\\r\\n' >&3
head -1 <&3`;

let podman: Awaited<ReturnType<typeof openTestPodman>>;
beforeAll(async () => {
  podman = await openTestPodman();
  mkdirSync(path.join(podman.home, 'net'));
});
afterAll(async () => podman?.close());

const trails = async (...args: readonly string[]): Promise<string> => {
  const {exitCode, stdout, stderr} = await run(process.execPath, [main, ...args], {
    env: {...process.env, TRAILS_HOME: podman.home},
    cwd: path.join(podman.home, 'net'),
    timeoutMs: 60_000,
  });
  return `${exitCode} ${stdout} ${stderr}`;
};
const asks = () => trails('exec', 'net', '--', 'bash', '-c', ask);

test('what a real sandbox is denied shows live; a key lets it through, and another one no more', {
  timeout: 180_000,
}, async () => {
  expect(await trails('new', 'net', '--network', 'allowlist', '--workspace', 'bind')).toMatch(/^0 net/);
  expect(await asks()).toContain(' 403 ');
  const dashboard = openPty(process.execPath, [main], {
    ...{columns: 120, rows: 30},
    env: {TRAILS_HOME: podman.home},
    cwd: path.join(podman.home, 'net'),
  });
  // The mark in the list, in whatever characters this terminal has.
  await dashboard.shows(/ [⊘#]1 /);
  dashboard.type('N');
  await dashboard.shows(/[⊘#] docs\.example\.invalid +[×x]1 .*it is not on the list/);
  dashboard.type('y');
  await dashboard.shows(`net may reach ${host}`);
  // There is no such host: it is looked for now.
  expect(await asks()).toContain(' 502 ');
  await dashboard.shows(/[✗x] docs\.example\.invalid +[×x]2 /);
  dashboard.type('b');
  await dashboard.shows(`${host} is blocked`);
  expect(await asks()).toContain(' 403 ');
  dashboard.type('q');
  await dashboard.exit();
  expect(await trails('network', 'net')).toMatch(/block +docs\.example\.invalid +by you, for this session/);
  // Whoever lets it out goes with the last of those that are let out.
  expect(await trails('rm', '--force', 'net')).toMatch(/^0 /);
});
