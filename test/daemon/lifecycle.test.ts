import {once} from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import {describe, expect, onTestFinished, test, vi} from 'vitest';
import {daemonProgram, patience} from './program.ts';

const program = daemonProgram();
/** At once, unlike removing what is in it first: the daemon would put a new socket there meanwhile. */
const moveAway = (directory: string) => renameSync(directory, `${directory}-${performance.now()}`);
const mode = (file: string) => lstatSync(file).mode & 0o777;

describe('the lock', () => {
  test('the second daemon ends with 75 and touches nothing of the first', async () => {
    const world = program.world();
    const first = await world.daemon();
    const second = world.start(['run']);
    expect(await second.ended).toBe(75);
    const ask = await world.client();
    expect((await ask()).pid).toBe(first.child.pid);
  });

  test('a stop in order frees lock and socket, and says nothing on stdout', async () => {
    const world = program.world();
    const {child, ended, said} = await world.daemon();
    child.kill('SIGHUP');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said).toEqual({stdout: '', stderr: ''});
    expect(existsSync(world.files.socket)).toBe(false);
    for (const what of ['the daemon begins', '"why":"SIGTERM"', 'the lock is released'])
      expect(world.log()).toContain(what);
    await world.daemon();
  });

  test('whose state directory is taken away is the daemon no more', async () => {
    const world = program.world();
    const {ended} = await world.daemon();
    rmSync(world.paths.state, {recursive: true});
    const ask = await world.client();
    // A look every few seconds; a change at the socket brings it forward.
    rmSync(world.files.socket, {force: true});
    expect(await ended).toBe(0);
    const {pid} = await ask();
    expect(world.daemons()).toEqual([pid]);
  });
});

describe('the socket', () => {
  test('is for its owner alone', async () => {
    const world = program.world();
    await world.daemon();
    expect([mode(world.paths.runtime), mode(world.files.socket)]).toEqual([0o700, 0o600]);
  });

  test('a stale one, or a file in its place, is replaced', async () => {
    const world = program.world();
    const {child, ended} = await world.daemon();
    child.kill('SIGKILL');
    await ended;
    expect(existsSync(world.files.socket)).toBe(true);
    const ask = await world.client();
    const {pid} = await ask();
    process.kill(pid!, 'SIGKILL');
    await vi.waitFor(() => expect(world.daemons()).toEqual([]), patience);
    rmSync(world.files.socket);
    writeFileSync(world.files.socket, 'not a socket');
    expect((await ask()).pid).toBeGreaterThan(0);
  });

  test.each([
    ['the socket', (files: {socket: string}) => rmSync(files.socket)],
    ['its directory', (files: {socket: string}) => moveAway(path.dirname(files.socket))],
  ])('%s is removed: clients get in again, at the same daemon', async (_, remove) => {
    const world = program.world();
    const {child} = await world.daemon();
    const ask = await world.client();
    remove(world.files);
    expect((await ask()).pid).toBe(child.pid);
    remove(world.files);
    expect((await ask()).pid).toBe(child.pid);
    await vi.waitFor(() => expect(world.log()).toContain('made anew'), patience);
    expect([mode(world.paths.runtime), mode(world.files.socket)]).toEqual([0o700, 0o600]);
  });

  test('another process listens in its place: the daemon takes it back', async () => {
    const world = program.world();
    const {child} = await world.daemon();
    const elsewhere = `${world.files.socket}.other`;
    const other = net.createServer(socket => socket.destroy()).listen(elsewhere);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    renameSync(elsewhere, world.files.socket);
    const ask = await world.client();
    expect((await ask()).pid).toBe(child.pid);
  });

  test.each([
    ['a symbolic link', (to: string, runtime: string) => symlinkSync(to, runtime), 'is a symbolic link'],
    ['a file', (_: string, runtime: string) => writeFileSync(runtime, ''), 'is not a directory'],
    [
      'open to others',
      (_: string, runtime: string) => {
        mkdirSync(runtime);
        chmodSync(runtime, 0o755);
      },
      'can be entered by others',
    ],
  ])('%s as runtime directory is refused in words, by daemon and client', async (_, make, words) => {
    const world = program.world();
    mkdirSync(path.join(world.home, 'elsewhere'), {mode: 0o700});
    make(path.join(world.home, 'elsewhere'), world.paths.runtime);
    const {ended, said} = world.start(['run']);
    expect(await ended).toBe(77);
    expect(said.stderr).toContain(words);
    const ask = await world.client();
    expect(await ask()).toMatchObject({code: 'NOT_ALLOWED', message: expect.stringContaining(words)});
  });

  test('handed over by systemd, it is used and left alone', async () => {
    const world = program.world();
    const {child, ended} = await world.activated();
    await vi.waitFor(() => expect(world.daemons()).toEqual([child.pid]), patience);
    const inode = lstatSync(world.files.socket).ino;
    const ask = await world.client();
    expect((await ask()).pid).toBe(child.pid);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(lstatSync(world.files.socket).ino).toBe(inode);
    expect(world.log()).toContain('"activated":true');
  });
});

describe('the end', () => {
  test('comes by itself when nobody needs it', async () => {
    const world = program.world();
    const {ended} = await world.daemon({TRAILS_IDLE_EXIT: '0.05'});
    expect(await ended).toBe(0);
    expect(world.log()).toContain('"why":"nobody needed it"');
  });

  test('of a crash is told in the log with its stack, and ends with 70', async () => {
    const world = program.world();
    const {ended, said} = world.start(['run'], {TEST_CRASH: '1', TEST_OPEN_MS: '5000'});
    expect(await ended).toBe(70);
    expect(said.stderr).toMatch(/internal error: Error: a bug\n +at /);
    expect(world.log()).toMatch(/Error: a bug\\n +at /);
  });

  test('of one that cannot open is told to the client at once, in its own words', async () => {
    const world = program.world();
    const ask = await world.client({TEST_FAIL: '1'});
    expect(await ask()).toEqual({
      code: 'DAEMON_UNREACHABLE',
      message: 'The daemon did not start: the file says nonsense',
      hint: 'mend it',
    });
    expect(existsSync(world.files.socket)).toBe(false);
    expect(readFileSync(world.files.output, 'utf8')).toContain('error: the file says nonsense');
  });
});

describe('a client', () => {
  test('that comes while the daemon opens waits for it', async () => {
    const world = program.world();
    const {child} = await world.daemon({TEST_OPEN_MS: '300'});
    const ask = await world.client();
    expect((await ask()).pid).toBe(child.pid);
  });

  test('is told that there is nowhere to keep state', async () => {
    const world = program.world();
    writeFileSync(world.paths.state, 'a file');
    const ask = await world.client();
    expect(await ask()).toMatchObject({code: 'STATE_UNUSABLE', message: expect.stringContaining(world.paths.state)});
  });

  test('that comes as the daemon leaves gets the next one', async () => {
    const world = program.world();
    const ask = await world.client();
    for (let index = 0; index < 15; index += 1) {
      const {pid} = await ask();
      expect(pid).toBeGreaterThan(0);
      // It answers once more, breaks the connection, or is gone, as it happens.
      for (const daemon of world.daemons()) process.kill(daemon, 'SIGTERM');
    }
  });

  test('starts the daemon of its own home, wherever it stands itself', async () => {
    const world = program.world();
    const ask = await world.client({TRAILS_HOME: path.relative(process.cwd(), world.home)});
    expect((await ask()).pid).toBe(world.daemons()[0]);
  });

  test('in a git hook starts a daemon for every repository, not for that one', async () => {
    const world = program.world();
    const ask = await world.client({GIT_DIR: '/somewhere/.git', GIT_AUTHOR_NAME: 'me'});
    const {pid} = await ask();
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8');
    expect(variables).toContain('GIT_AUTHOR_NAME=me');
    expect(variables).not.toContain('GIT_DIR');
  });

  test('replaces an older daemon that holds nothing', async () => {
    const world = program.world();
    const {ended} = await world.daemon();
    const ask = await world.client({TEST_PROTOCOL: '2', TEST_VERSION: '2.0.0'});
    expect(await ask()).toMatchObject({version: '2.0.0'});
    expect(await ended).toBe(0);
  });

  test.each([
    [
      'an older daemon with live sessions',
      {TEST_LIVE: '1'},
      '2',
      'The daemon (1.0.0) is older than this trails (1.5.0)',
    ],
    ['a newer daemon', {TEST_PROTOCOL: '3'}, '2', 'This trails (1.5.0) is older than its daemon (1.0.0)'],
  ])('leaves %s alone and says so', async (_, env, protocol, words) => {
    const world = program.world();
    const {child} = await world.daemon(env);
    const ask = await world.client({TEST_PROTOCOL: protocol, TEST_VERSION: '1.5.0'});
    expect(await ask()).toMatchObject({code: 'DAEMON_VERSION', message: expect.stringContaining(words)});
    expect(world.daemons()).toEqual([child.pid]);
  });
});
