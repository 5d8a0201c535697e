import {spawnSync} from 'node:child_process';
import {copyFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';

// A machine with nothing on it: doctor says what is missing, set-up brings it, doctor is content, and a session runs. As root, on
// Debian: a fresh system by mmdebstrap, in namespaces of its own, with this Node and this build.
//   node scripts/build.ts && node scripts/bare-machine.ts [DIRECTORY OF A SYSTEM THAT IS THERE]

const root = path.resolve(import.meta.dirname, '..');
const given = process.argv[2];
const directory = given ?? mkdtempSync(path.join(tmpdir(), 'trails-bare-'));

function must(file: string, args: readonly string[]): void {
  const {status} = spawnSync(file, [...args], {stdio: ['ignore', 2, 2]});
  if (status !== 0) throw new Error(`${file} ${args[0]} ended with ${status}`);
}

if (!existsSync(path.join(directory, 'usr'))) {
  must('mmdebstrap', ['--quiet', '--variant=apt', '--include=ca-certificates', 'bookworm', directory]);
}
for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, path.join(directory, file));
for (const place of ['opt/trails/dist', 'root/repo']) mkdirSync(path.join(directory, place), {recursive: true});
cpSync(path.join(root, 'dist'), path.join(directory, 'opt/trails/dist'), {recursive: true});
copyFileSync(process.execPath, path.join(directory, 'usr/local/bin/node'));

/** Not chroot: from within one the kernel makes no user namespaces. */
const mounts = `set -e
mount --make-rprivate /
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
cd "$1"; shift; mkdir -p .old
pivot_root . .old
exec "$@"`;

/** Runs a command line in the bare machine. Whatever it leaves running ends with it. */
function inside(command: string, {quiet = false} = {}) {
  const args = ['-m', '-p', '-f', '--kill-child', 'sh', '-c', mounts, 'sh', directory, '/bin/sh', '-c', command];
  const {status, stdout} = spawnSync('unshare', args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 2],
    env: {PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8'},
  });
  if (!quiet) process.stdout.write(`$ ${command}\n${stdout}\n`);
  return {status, stdout};
}

interface Finding {
  readonly check: string;
  readonly state: string;
  readonly detail: string;
}

const trails = 'node /opt/trails/dist/main.js';

function doctor() {
  inside(`cd /root/repo && ${trails} doctor`);
  const {status, stdout} = inside(`cd /root/repo && ${trails} doctor --json`, {quiet: true});
  const missing = (JSON.parse(stdout) as readonly Finding[]).filter(({state}) => state === 'missing');
  return {status, missing: missing.map(({check, detail}) => `${check}: ${detail}`)};
}

function expect(what: string, holds: boolean): void {
  process.stdout.write(`${holds ? 'ok' : 'NOT OK'}: ${what}\n`);
  if (!holds) process.exitCode = 1;
}

try {
  const before = doctor();
  expect('doctor ends with 69', before.status === 69);
  expect(
    `it names what is missing: ${before.missing.join(' | ')}`,
    before.missing.some(text => /podman/.test(text)),
  );
  const {stdout: dry} = inside(`${trails} setup --dry-run 2>&1`);
  expect('--dry-run names the command', dry.includes('apt-get install'));
  expect('and does not run it', inside('command -v podman', {quiet: true}).status !== 0);
  expect('setup --yes ends with 0', inside(`${trails} setup --yes 2>&1`).status === 0);
  const after = doctor();
  expect(`doctor is content: ${after.missing.join(' | ')}`, after.status === 0 && after.missing.length === 0);
  const again = inside(`${trails} setup --yes 2>&1`);
  expect('setup has nothing more to do', again.stdout.includes('nothing left'));
  const made = inside(
    `cd /root/repo && ${trails} new bare --workspace copy --image host -- sh -c 'echo it runs; sleep 5' && sleep 2 && ${trails} logs bare; ${trails} rm bare --force`,
  );
  expect('a session runs', made.stdout.includes('it runs'));
} finally {
  if (given === undefined) rmSync(directory, {recursive: true, force: true});
}
