import {execFileSync} from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {manualClock} from '../../../../src/lib/manual-clock.ts';
import {createCheckpoints, usualLimits} from '../../../../src/providers/dagger/checkpoint/checkpoints.ts';
import {changesProgram} from '../../../../src/providers/dagger/inside/changes.ts';
import {insideMissing, localLink} from '../../../support/dagger/local-link.ts';
import {temporaryDirectory} from '../../../support/home.ts';

function scene(limits = usualLimits, program = changesProgram) {
  const home = temporaryDirectory();
  const link = localLink(home, program);
  const [inside, outside, directory] = [link.inside('work'), path.join(home, 'outside'), path.join(home, 'state')];
  mkdirSync(outside);
  const clock = manualClock();
  const roots = [{name: 'workspace', inside: '/mnt/inside/work', outside}];
  const open = () => createCheckpoints({directory, clock, limits});
  const checkpoints = open();
  return {
    ...{link, inside, outside, roots, clock, checkpoints, open, home},
    take: () => checkpoints.take(link, roots),
    /** Written by the agent. */
    put(name: string, content: string | Buffer = name) {
      const file = path.join(inside, name);
      mkdirSync(path.dirname(file), {recursive: true});
      writeFileSync(file, content);
      own(inside);
    },
    read: (name: string) => readFileSync(path.join(outside, name), 'utf8'),
  };
}

const own = (directory: string) => execFileSync('chown', ['-hR', '1000:1000', directory]);
const differences = (one: string, other: string): string => {
  try {
    return execFileSync('diff', ['-r', '--no-dereference', one, other]).toString();
  } catch (error) {
    return String((error as {stdout: Buffer}).stdout);
  }
};

test.skipIf(insideMissing)(`all of a root comes, then what changed (${insideMissing ?? 'real'})`, async () => {
  const {inside, outside, take, put, link} = scene();
  put('a/b/file', 'one');
  put('a/gone', 'goes');
  put('tree/of/files', 'goes too');
  put('was-file');
  put('was-dir/x');
  symlinkSync('a/b/file', path.join(inside, 'link'));
  symlinkSync('/etc/passwd', path.join(inside, 'leads-out'));
  mkdirSync(path.join(inside, 'empty'));
  chmodSync(path.join(inside, 'a/b/file'), 0o4755);
  utimesSync(path.join(inside, 'a/b/file'), 1_000_000, 1_000_000);
  own(inside);
  writeFileSync(path.join(outside, 'only-here'), 'of an older state');
  await take();
  expect(differences(inside, outside)).toBe('');
  expect(lstatSync(path.join(outside, 'a/b/file'))).toMatchObject({mode: 0o100_755, mtimeMs: 1_000_000_000});
  expect(readlinkSync(path.join(outside, 'leads-out'))).toBe('/etc/passwd');

  expect(await take()).toMatchObject({changes: 0});
  put('a/b/file', 'two');
  for (const name of ['a/gone', 'tree', 'was-file', 'was-dir', 'link'])
    rmSync(path.join(inside, name), {recursive: true});
  put('was-file/now/a/directory');
  put('was-dir');
  put('link/now/a/directory');
  const second = await take();
  expect(differences(inside, outside)).toBe('');
  expect(second.leftOut).toEqual([]);
  const size = (await take()).bytes;
  link.breakAt = undefined;
  expect(size).toBeLessThan(10_000);
});

test.skipIf(insideMissing)('a change within the second of the last checkpoint, of the same size, is seen', async () => {
  const {take, put, read} = scene();
  for (const text of ['aaa', 'bbb', 'ccc', 'ddd']) {
    put('file', text);
    await take();
    expect(read('file')).toBe(text);
  }
});

test.skipIf(insideMissing)('names are bytes', async () => {
  const {inside, outside, take} = scene();
  const names = [
    Buffer.from('new\nline'),
    Buffer.from('\x1b[31mred'),
    Buffer.from([0xff, 0xfe, 0x2e]),
    Buffer.from(' $(x)`\'"'),
  ];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${inside}/`), name]), 'x');
  own(inside);
  await take();
  const found = readdirSync(outside, {encoding: 'buffer'}).map(name => name.toString('hex'));
  expect(found.sort()).toEqual(names.map(name => name.toString('hex')).sort());
  rmSync(Buffer.concat([Buffer.from(`${inside}/`), names[2]!]));
  await take();
  expect(readdirSync(outside)).toHaveLength(3);
});

test.skipIf(insideMissing)('hard links are files, holes stay holes, what is none of these is named', async () => {
  const {inside, outside, take, put} = scene({...usualLimits, fileBytes: 2 ** 40});
  put('one', 'same');
  linkSync(path.join(inside, 'one'), path.join(inside, 'two'));
  const fd = openSync(path.join(inside, 'huge'), 'w');
  ftruncateSync(fd, 50 * 2 ** 30);
  writeSync(fd, Buffer.from('middle'), 0, 6, 20 * 2 ** 30);
  execFileSync('mkfifo', [path.join(inside, 'pipe')]);
  put('secret/inner', 'x');
  own(inside);
  await take();
  put('secret/inner', 'y');
  chmodSync(path.join(inside, 'secret'), 0);
  put('unreadable', 'x');
  chmodSync(path.join(inside, 'unreadable'), 0);
  const {leftOut} = await take();
  expect(leftOut).toEqual([
    {path: 'pipe', why: 'it is neither a file, a directory nor a link'},
    {path: 'unreadable', why: 'permission denied'},
    {path: 'secret', why: 'permission denied'},
  ]);
  const huge = statSync(path.join(outside, 'huge'));
  expect(huge.size).toBe(50 * 2 ** 30);
  expect(huge.blocks * 512).toBeLessThan(2 ** 20);
  expect(readFileSync(path.join(outside, 'two'), 'utf8')).toBe('same');
  // As it was when it could be read last; then as it is.
  expect(readFileSync(path.join(outside, 'secret/inner'), 'utf8')).toBe('x');
  chmodSync(path.join(inside, 'secret'), 0o700);
  await take();
  expect(readFileSync(path.join(outside, 'secret/inner'), 'utf8')).toBe('y');
});

test.skipIf(insideMissing)('links that stand in the way here are replaced, and lead nowhere', async () => {
  const {inside, outside, home, take, put, checkpoints} = scene();
  put('dir/file', 'agent');
  put('top', 'agent');
  const elsewhere = path.join(home, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(elsewhere, 'file'), 'untouched');
  symlinkSync(elsewhere, path.join(outside, 'dir'));
  symlinkSync(path.join(elsewhere, 'file'), path.join(outside, 'top'));
  symlinkSync(elsewhere, path.join(outside, 'not-inside'));
  await take();
  expect(differences(inside, outside)).toBe('');
  expect(readdirSync(elsewhere)).toEqual(['file']);
  expect(readFileSync(path.join(elsewhere, 'file'), 'utf8')).toBe('untouched');
  rmSync(path.join(outside, 'dir'), {recursive: true});
  symlinkSync(elsewhere, path.join(outside, 'dir'));
  rmSync(path.join(inside, 'dir/file'));
  await take();
  expect(readFileSync(path.join(elsewhere, 'file'), 'utf8')).toBe('untouched');
  checkpoints.forget();
  await take();
  expect(differences(inside, outside)).toBe('');
});

test.skipIf(insideMissing)('a directory that becomes a link during the scan leads nowhere', async () => {
  // Where the program is about to go into a directory it waits for us.
  const slow = changesProgram.replace(
    '  if (!chdir $name)',
    '  if ($name eq "swapped") { rename "swapped", "before"; symlink "/etc", "swapped" }\n  if (!chdir $name)',
  );
  expect(slow).not.toBe(changesProgram);
  const {outside, take, put} = scene(usualLimits, slow);
  put('swapped/mine', 'x');
  const {leftOut} = await take();
  expect(leftOut).toEqual([{path: 'swapped', why: 'it was moved meanwhile'}]);
  expect(existsSync(path.join(outside, 'swapped/passwd'))).toBe(false);
});

test.skipIf(insideMissing)('a file that grows while it is read is whole the next time', async () => {
  const growing = changesProgram.replace(
    "  frame('e', '');",
    '  if ($name eq "log") { open my $log, ">>", "log"; print $log "more" }\n  frame(\'e\', \'\');',
  );
  const {take, put, read, link, home} = scene(usualLimits, growing);
  put('log', 'begin ');
  await take();
  expect(read('log')).toBe('begin ');
  writeFileSync(path.join(home, 'run/changes'), changesProgram);
  await take();
  expect(read('log')).toBe('begin more');
  expect(link.connected).toBe(true);
});

test.skipIf(insideMissing)('a broken connection changes nothing here, and the next time all of it comes', async () => {
  const {inside, outside, take, put, link} = scene();
  put('file', 'old');
  await take();
  put('file', 'new');
  for (let at = 0; at < 40; at++) put(`more/${at}`, 'x'.repeat(50_000));
  for (const breakAt of [0, 3, 50, 200_000, 1_000_000]) {
    link.breakAt = breakAt;
    await expect(take()).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
    expect(readdirSync(outside)).toEqual(['file']);
    expect(readFileSync(path.join(outside, 'file'), 'utf8')).toBe('old');
  }
  link.breakAt = undefined;
  await take();
  expect(differences(inside, outside)).toBe('');
});

test.skipIf(insideMissing)(
  'it goes on where an earlier process of ours left off, and from nothing in a new environment',
  async () => {
    const {inside, outside, take, put, link, open, roots, home} = scene();
    for (let at = 0; at < 20; at++) put(`file-${at}`, 'x'.repeat(10_000));
    await take();
    await new Promise(resolve => setTimeout(resolve, 0));
    expect((await open().take(link, roots)).changes).toBe(0);
    rmSync(path.join(home, 'run/seen'), {recursive: true});
    rmSync(path.join(inside, 'file-3'));
    const again = await open().take(link, roots);
    expect(again.bytes).toBeGreaterThan(190_000);
    expect(again.changes).toBe(1);
    expect(differences(inside, outside)).toBe('');
  },
);

test.skipIf(insideMissing)('too much is refused with words, and nothing of it is written', async () => {
  const {take, put, outside} = scene({bytes: 100_000, entries: 50, fileBytes: 60_000});
  put('big', 'x'.repeat(70_000));
  put('small');
  expect((await take()).leftOut).toEqual([{path: 'big', why: 'it is too big'}]);
  for (let at = 0; at < 3; at++) put(`half-${at}`, 'x'.repeat(50_000));
  await expect(take()).rejects.toMatchObject({code: 'STATE_UNUSABLE', message: /More than .* changed in \/mnt/});
  for (let at = 0; at < 3; at++) put(`half-${at}`, '');
  for (let at = 0; at < 60; at++) put(`many-${at}`, '');
  await expect(take()).rejects.toMatchObject({code: 'STATE_UNUSABLE', message: /more than 50 files/});
  expect(readdirSync(outside)).toEqual(['small']);
});

test.skipIf(insideMissing)('who is silent inside is not waited for without end', async () => {
  const {take, clock, put} = scene(usualLimits, 'sleep 600;');
  put('file');
  const taking = expect(take()).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE', message: /Nothing came/});
  while (clock.pending === 0) await new Promise(resolve => setImmediate(resolve));
  clock.pass(60_000);
  await taking;
});

test.skipIf(insideMissing)('a root that takes long does not hold up another one', async () => {
  const waits = `if ($ARGV[0] =~ /work/) { sleep 600 }\n${changesProgram}`;
  const {checkpoints, link, roots, home} = scene(usualLimits, waits);
  writeFileSync(path.join(link.inside('exchange'), 'told'), 'x');
  const outside = path.join(home, 'exchange');
  mkdirSync(outside);
  const stop = new AbortController();
  const long = expect(checkpoints.take(link, roots, stop.signal)).rejects.toThrow('enough');
  await checkpoints.take(link, [{name: 'exchange', inside: '/mnt/inside/exchange', outside}]);
  expect(readdirSync(outside)).toEqual(['told']);
  stop.abort(new Error('enough'));
  await long;
});

test.skipIf(insideMissing)('a root that is not there says so, and the others are brought', async () => {
  const {checkpoints, link, roots, outside, put, home} = scene();
  put('file');
  const lost = {name: 'lost', inside: '/mnt/inside/lost', outside: path.join(home, 'lost')};
  mkdirSync(lost.outside);
  await expect(checkpoints.take(link, [lost, ...roots])).rejects.toMatchObject({
    code: 'ENGINE_REFUSED',
    message: expect.stringContaining('/mnt/inside/lost'),
  });
  expect(readdirSync(outside)).toEqual(['file']);
});

test.skipIf(insideMissing)(
  'the agent is no more than itself in it, and reaches neither program nor listings',
  async () => {
    const prying = `open my $program, '<', '/run/trails-link/changes' and die 'read';
opendir my $listings, '/run/trails-link/seen' and die 'listed';
open my $from, '<', '/proc/self/status'; open my $to, '>', '/mnt/inside/work/status'; print {$to} readline $from; close $to;
`;
    const {take, put, read} = scene(usualLimits, `${prying}${changesProgram}`);
    put('file');
    await take();
    expect(read('status')).toMatch(/^Uid:\t1000\t1000\t1000\t1000$/m);
    expect(read('status')).toMatch(/^NoNewPrivs:\t1$/m);
    expect(read('status')).toMatch(/^CapBnd:\t0+$/m);
  },
);

test.skipIf(insideMissing)('what is written here belongs to whom the root belongs to', async () => {
  const {take, put, outside, inside} = scene();
  chownSync(outside, 2001, 2002);
  put('dir/file');
  symlinkSync('dir', path.join(inside, 'link'));
  own(inside);
  await take();
  for (const name of ['dir', 'dir/file', 'link'])
    expect(lstatSync(path.join(outside, name))).toMatchObject({uid: 2001, gid: 2002});
});
