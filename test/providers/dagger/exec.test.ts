import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {AgentRun} from '../../../src/providers/dagger/agent/agent-run.ts';
import type {Link} from '../../../src/providers/dagger/link/link.ts';
import type {ExecOptions, ExecStream} from '../../../src/providers/provider.ts';
import {copyIn, copyOut} from '../../../src/providers/tar-copy.ts';
import {connected, keeperScene} from '../../support/dagger/keeper-scene.ts';
import {boxMissing} from '../../support/dagger/local-box.ts';
import {temporaryDirectory} from '../../support/home.ts';

const heard = (stream: ExecStream) => {
  const said = {stdout: '', stderr: ''};
  const waiting = new Set<() => void>();
  stream.onOutput((from, bytes) => {
    said[from] += Buffer.from(bytes).toString();
    for (const look of waiting) look();
  });
  const shows = (text: string): Promise<void> =>
    new Promise(resolve => {
      const look = () => said.stdout.includes(text) && resolve();
      waiting.add(look);
      look();
    });
  return {said, shows};
};

describe.skipIf(boxMissing)(`a further process${boxMissing ? ` (${boxMissing})` : ''}`, () => {
  let scene: ReturnType<typeof keeperScene>;
  let link: Link;
  let run: AgentRun;
  beforeEach(async () => {
    scene = keeperScene(temporaryDirectory());
    link = await scene.link();
    await scene.box();
    run = scene.run(link);
    await connected(link);
  });
  afterEach(() => scene.close());
  const sh = (script: string, options?: ExecOptions) => run.exec(['/bin/sh', '-c', script], options);
  const outcome = async (stream: ExecStream) => {
    const {said} = heard(stream);
    const code = await stream.exit;
    return {...said, code};
  };
  /** How many processes there are with this in their command line. */
  const alive = async (mark: string) => {
    const stream = await link.run(`grep -lsa '^${mark}' /proc/[0-9]*/cmdline | wc -l`);
    let said = '';
    stream.onOutput((_, bytes) => {
      said += Buffer.from(bytes).toString();
    });
    await stream.closed;
    return Number(said);
  };

  test.each([
    ['exit 5', 5],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['exec /no/such/program', 127],
    ['exec /etc/passwd', 126],
  ])('`%s` ends with %i', async (script, code) => {
    expect((await outcome(await sh(script))).code).toBe(code);
  });

  test('a program that is not there ends with 127, one that cannot run with 126, a place that is not there with 126', async () => {
    expect((await outcome(await run.exec(['/no/such/program']))).code).toBe(127);
    expect((await outcome(await run.exec(['/etc/passwd']))).code).toBe(126);
    expect((await outcome(await run.exec(['true'], {cwd: '/nowhere'}))).stderr).toContain('/nowhere');
  });

  test('is the agent in its workspace, or root elsewhere, with what it is given and what the image has', async () => {
    const options = {env: {GIVEN: "it's\n$HOME"}};
    const one = await outcome(
      await sh('id -u; pwd; echo "$HOME"; echo "$GIVEN"; echo "$PATH"; echo error >&2', options),
    );
    expect(one.stdout).toMatch(/^1000\n\/workspace\n\/home\/agent\nit's\n\$HOME\n\/usr\/local\/bin/);
    expect(one.stderr).toBe('error\n');
    const root = await outcome(await sh('id -u; pwd; touch /made && echo made', {user: 'root', cwd: '/etc'}));
    expect(root.stdout).toBe('0\n/etc\nmade\n');
  });

  test('has a terminal of the size asked for, and sees it change', async () => {
    const script = 'tty; tell() { echo "size=$(stty size)"; }; trap tell WINCH; tell; while :; do sleep 0.05; done';
    const stream = await sh(script, {tty: {columns: 77, rows: 21}});
    const {said, shows} = heard(stream);
    await shows('size=21 77');
    await stream.resize({columns: 50, rows: 10});
    await shows('size=10 50');
    expect(said.stdout).toContain('/dev/pts/');
    stream.kill();
    expect(await stream.exit).toBe(137);
  });

  test('brings 20 MB whole to a slow reader, both ways', async () => {
    const stream = await run.exec(['/bin/cat']);
    let bytes = 0;
    stream.onOutput((_, piece) => {
      bytes += piece.length;
      stream.pause();
      setImmediate(() => stream.resume());
    });
    for (let piece = 0; piece < 320; piece += 1) await stream.stdin.write(Buffer.alloc(64 * 1024, piece));
    stream.stdin.end();
    expect(await stream.exit).toBe(0);
    expect(bytes).toBe(320 * 64 * 1024);
  });

  test('ends though others hold its output open, with all that it had said', async () => {
    const {code, stdout} = await outcome(await sh('sleep 1000 & seq 1 10000'));
    expect(code).toBe(0);
    expect(stdout.endsWith('9999\n10000\n')).toBe(true);
  });

  test('is killed with all it started, also what had left it, even while its input is full', async () => {
    const mark = 'sleep.4321';
    const stream = await sh('(setsid sleep 4321 & ) ; sleep 4321 & (trap "" TERM HUP; echo ready; sleep 4321)');
    const {shows} = heard(stream);
    await shows('ready');
    void stream.stdin.write(Buffer.alloc(2_000_000));
    expect(await alive(mark)).toBe(3);
    stream.kill();
    expect(await stream.exit).toBe(137);
    expect(await alive(mark)).toBe(0);
    expect(link.connected).toBe(true);
  });

  test('one of root is killed, too, and nothing else of root', async () => {
    const stream = await sh('(setsid sleep 4322 &); echo ready; sleep 4322', {user: 'root'});
    const {shows} = heard(stream);
    await shows('ready');
    const ended = new AbortController();
    stream.kill();
    ended.abort();
    expect(await stream.exit).toBe(137);
    expect(await alive('sleep.4322')).toBe(0);
    expect((await outcome(await sh('echo on'))).stdout).toBe('on\n');
  });

  test('is called off by its signal', async () => {
    const ended = new AbortController();
    const stream = await sh('echo ready; sleep 4323', {signal: ended.signal});
    await heard(stream).shows('ready');
    ended.abort();
    expect(await stream.exit).toBe(137);
  });

  test('ends with the connection, here and there', async () => {
    const stream = await sh('echo ready; sleep 4324');
    await heard(stream).shows('ready');
    const killing = await link.run('kill -9 $PPID');
    killing.onOutput(() => {});
    await expect(stream.exit).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
    await connected(link, false);
    await connected(link);
    // The keeper's process sees the end of its channel; nothing tells us when it has.
    while ((await alive('sleep.4324')) > 0);
  });

  test('a tar goes in as the agent, and comes out', async () => {
    const exec = (command: readonly [string, ...string[]], options?: ExecOptions) => run.exec(command, options);
    const made = await sh('mkdir -p /tmp/a/b && echo carried >/tmp/a/b/note && tar -c -C /tmp a');
    const pieces: Uint8Array[] = [];
    made.onOutput((_, bytes) => pieces.push(bytes));
    await made.exit;
    await copyIn(
      exec,
      '/workspace',
      (async function* () {
        yield* pieces;
      })(),
    );
    expect((await outcome(await sh('cat a/b/note; stat -c %U a/b/note'))).stdout).toBe('carried\nagent\n');
    const out: Uint8Array[] = [];
    for await (const piece of await copyOut(exec, '/workspace/a/b')) out.push(piece);
    expect(Buffer.concat(out).toString()).toContain('carried');
    await expect(copyIn(exec, '/nowhere', (async function* () {})())).rejects.toMatchObject({
      code: 'ENGINE_REFUSED',
      message: expect.stringContaining('No such file'),
    });
  });
});
