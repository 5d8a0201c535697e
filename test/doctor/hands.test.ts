import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {plan} from '../../src/doctor/doctor.ts';
import {sysctlStep} from '../../src/doctor/sysctl.ts';
import {asRoot, shown, wholeFile, writeSystemFile} from '../../src/lib/checkup/hands.ts';
import {thisMachine} from '../../src/lib/checkup/this-machine.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';
import {but, describedMachine, healthy, viewOn} from './machines.ts';

const quiet = () => {};

/** As a user who needs nobody for it: these tests write only what is theirs. */
const asSelf = 0;

test('a file of the system is written as a whole, with its directory, and what was there keeps its mode', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, "it's a/new.conf");
  await writeSystemFile(file, 'a = 1\n', asSelf, quiet);
  expect(readFileSync(file, 'utf8')).toBe('a = 1\n');
  expect(statSync(file).mode & 0o777).toBe(0o644);
  chmodSync(file, 0o600);
  await writeSystemFile(file, 'a = 2\n', asSelf, quiet);
  expect(readFileSync(file, 'utf8')).toBe('a = 2\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(path.dirname(file))).toEqual(['new.conf']);
});

test('one that cannot be written is left as it was, and nothing beside it', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, 'directory');
  mkdirSync(path.join(file, 'full'), {recursive: true});
  await expect(writeSystemFile(file, 'x', asSelf, quiet)).rejects.toMatchObject({
    code: 'CANNOT_CREATE',
    hint: expect.stringContaining('by hand'),
  });
  expect(readdirSync(home)).toEqual(['directory']);
});

test('an interrupt in the middle leaves the old text, and nothing beside it', async () => {
  const home = temporaryDirectory();
  const file = path.join(home, 'a.conf');
  writeFileSync(file, 'old\n');
  const writing = spawn('sh', ['-c', wholeFile, 'write', file], {stdio: ['pipe', 'ignore', 'ignore']});
  const ended = once(writing, 'exit');
  writing.stdin.write('ne');
  await expect.poll(() => readdirSync(home).map(name => statSync(path.join(home, name)).size)).toContain(2);
  // As Ctrl-C does, to all that are in the terminal's foreground.
  writing.kill('SIGINT');
  writing.stdin.end();
  await ended;
  expect(readFileSync(file, 'utf8')).toBe('old\n');
  expect(readdirSync(home)).toEqual(['a.conf']);
});

test('a command is shown as a shell would take it, by who may', () => {
  expect(shown(['sh', '-c', "echo 'a' b"])).toBe("sh -c 'echo '\\''a'\\'' b'");
  expect(asRoot(['true'], 1000)).toEqual(['sudo', 'true']);
  expect(asRoot(['true'], 0)).toEqual(['true']);
});

test('values of the kernel are kept in a file of ours and set now', async () => {
  const home = temporaryDirectory();
  const [bin, file, ran] = [path.join(home, 'bin'), path.join(home, 'etc/60-x.conf'), path.join(home, 'ran')];
  mkdirSync(bin);
  writeFileSync(path.join(bin, 'sysctl'), `#!/bin/sh\necho "$*" >> ${ran}\n`, {mode: 0o755});
  const step = sysctlStep(describedMachine(but(healthy, {uid: 0})), {
    ...{name: 'x', title: 'x', why: 'x', file, values: {'fs.inotify.max_user_watches': 5}},
  });
  expect(existsSync(file)).toBe(false);
  const before = process.env.PATH;
  process.env.PATH = `${bin}:${before}`;
  try {
    await step.run(quiet);
  } finally {
    process.env.PATH = before;
  }
  expect(readFileSync(file, 'utf8')).toBe('# Written by `trails setup`.\nfs.inotify.max_user_watches = 5\n');
  expect(readFileSync(ran, 'utf8')).toBe(`-q -p ${file}\n`);
});

test('directories that are open to others are closed, and then nothing is left to do', async () => {
  const {paths} = temporaryHome();
  chmodSync(paths.state, 0o755);
  const view = viewOn(healthy, {paths, machine: thisMachine(process.env)});
  const steps = async () => (await plan(view)).filter(({name}) => name === 'trails.directories');
  const [step] = await steps();
  expect(step?.detail).toBe(`chmod 0700 ${paths.state}`);
  await step?.run(quiet);
  expect(statSync(paths.state).mode & 0o777).toBe(0o700);
  expect(await steps()).toEqual([]);
});
