import {readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {AgentRun} from '../../../src/providers/dagger/agent/agent-run.ts';
import type {Link} from '../../../src/providers/dagger/link/link.ts';
import type {Command} from '../../../src/providers/provider.ts';
import {Reader, straddling, textFrom} from '../../contracts/reader.ts';
import {connected, keeperScene} from '../../support/dagger/keeper-scene.ts';
import {type Box, boxMissing} from '../../support/dagger/local-box.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {shellPrograms as programs} from '../../support/shell-programs.ts';

const size = {columns: 80, rows: 24};
const sh = (script: string): Command => ({argv: ['/bin/sh', '-c', script]});
const numbers = 400_000;
/** 2.7 MB that differ everywhere. */
const counted = Array.from({length: numbers}, (_, index) => `${index + 1}\n`).join('');
const count = sh(`stty raw -echo; echo go; seq 1 ${numbers}`);

const viewed = (run: AgentRun, from = 0, cuts: readonly number[] = []) => {
  const stream = run.openTerminal({size, from, cuts});
  return Object.assign(stream, {reader: new Reader(stream)});
};

const becomes = (run: AgentRun, state: string): Promise<void> =>
  new Promise(resolve => {
    const look = () => {
      if (run.status.state !== state) return;
      end();
      resolve();
    };
    const end = run.onStatus(look);
    look();
  });

describe.skipIf(boxMissing)(`an agent behind a link${boxMissing ? ` (${boxMissing})` : ''}`, {timeout: 60_000}, () => {
  let scene: ReturnType<typeof keeperScene>;
  let link: Link;
  let box: Box;
  let run: AgentRun;
  beforeEach(async () => {
    scene = keeperScene(temporaryDirectory());
    link = await scene.link();
    box = await scene.box();
    run = scene.run(link);
    await connected(link);
  });
  afterEach(() => scene.close());
  const spawn = async (command: Command, text: string) => {
    const from = await run.spawn(command, size);
    const terminal = viewed(run, from);
    await terminal.reader.shows(text);
    return terminal;
  };

  test('has the size from its first byte, is typed at, and ends with its code behind its output', async () => {
    const terminal = await spawn(sh('stty size; stty raw -echo; echo ready; head -c 9; exit 7'), 'ready');
    expect(terminal.reader.text).toContain('24 80');
    terminal.write(Buffer.from('grüße\r\n'));
    expect(await terminal.closed).toBe('exited');
    expect(terminal.reader.text).toContain('grüße');
    expect(run.status).toEqual({state: 'exited', exitCode: 7});
  });

  test('is nobody but its user: no capabilities, no new privileges, our files and the keeper out of reach', async () => {
    const script = `id -u; id -G; grep -E 'Cap|NoNewPrivs' /proc/self/status; pwd; echo "$HOME"
      for f in keeper keys keys/host control socket record; do cat /run/trails-link/$f && echo reached; done
      perl -MSocket -e 'for (qw(control socket)) {
        socket(my $s, AF_UNIX, SOCK_STREAM, 0); print "connected\\n" if connect($s, sockaddr_un("/run/trails-link/$_")) }'
      kill -9 -1; kill -9 2; kill -9 1; cat /proc/2/environ /proc/2/mem && echo reached; echo done`;
    const terminal = await spawn(sh(`setsid sh -c 'trap "" HUP; sleep 1000' & (${script}) 2>&1`), '');
    await becomes(run, 'exited');
    const text = terminal.reader.text;
    expect(text).toMatch(/^1000\r?\n1000\r?\n/);
    expect([...text.matchAll(/Cap\w+:\s+(\w+)/g)].map(found => Number.parseInt(found[1]!, 16))).toEqual([
      0, 0, 0, 0, 0,
    ]);
    expect(text).toMatch(/NoNewPrivs:\s+1/);
    expect(text).toContain('/workspace\r\n/home/agent');
    expect(text).not.toMatch(/reached|connected/);
    expect(link.connected).toBe(true);
    expect(await run.stats()).toBeUndefined();
  });

  test('a flood of 10 MB arrives to the byte, whatever its viewers do', async () => {
    const bytes = 10 * 1024 * 1024;
    const from = await run.spawn(programs.flood(bytes), size);
    const [one, other] = [viewed(run, from), viewed(run, from)];
    other.pause();
    expect(await one.closed).toBe('exited');
    expect(one.reader.byteCount).toBe(bytes);
    other.resume();
    expect(await other.closed).toBe('exited');
    expect(other.reader.byteCount).toBe(bytes);
  });

  test('a resize is answered with the position from which it holds', async () => {
    const terminal = await spawn(programs.printSize(), 'size=80x24');
    const cuts = [await terminal.resize({columns: 100, rows: 30})];
    await terminal.reader.shows('size=100x30');
    cuts.push(await terminal.resize({columns: 60, rows: 20}));
    await terminal.reader.shows('size=60x20');
    expect(textFrom(terminal.reader, cuts[1]!)).toContain('size=60x20');
    expect(textFrom(terminal.reader, cuts[1]!)).not.toContain('size=100x30');
    expect(straddling(terminal.reader, cuts)).toEqual([]);
    const again = viewed(run, 0, cuts);
    await again.reader.shows('size=60x20');
    expect(straddling(again.reader, cuts)).toEqual([]);
  });

  test('a broken connection in the middle of a flood loses nothing and brings nothing twice', async () => {
    const terminal = await spawn(count, 'go');
    for (const part of [4, 2]) {
      await terminal.reader.until(reader => reader.byteCount > counted.length / part);
      const back = connected(link, false).then(() => connected(link));
      // What carries it is killed, as a network would: nobody says goodbye.
      const killing = await link.run('kill -9 $PPID');
      killing.onOutput(() => {});
      await back;
    }
    expect(await terminal.closed).toBe('exited');
    expect(terminal.reader.text.endsWith(counted)).toBe(true);
    expect(terminal.reader.byteCount).toBe('go\n'.length + counted.length);
  });

  test('another daemon goes on exactly where the one before was, also with what was typed', async () => {
    const typed = 'x'.repeat(300_000);
    const terminal = await spawn(
      sh(`stty raw -echo; echo go; head -c ${typed.length + 3}; seq 1 ${numbers}; cat`),
      'go',
    );
    terminal.write(Buffer.from(typed));
    // head holds back a block's worth.
    await terminal.reader.until(reader => reader.byteCount > typed.length - 5000);
    run.close();
    await link.close();
    expect(await terminal.closed).toBe('detached');
    const next = await scene.link();
    const later = scene.run(next);
    const whole = viewed(later);
    await connected(next);
    whole.write(Buffer.from('end'));
    await whole.reader.shows(`${numbers}\n`);
    expect(whole.reader.text).toBe(`go\n${typed}end${counted}`);
    expect(later.status).toEqual({state: 'running'});
    expect(readFileSync(path.join(scene.directory, 'output.log'), 'utf8')).toBe(whole.reader.text);
    expect(statSync(path.join(scene.directory, 'output.log')).mode & 0o777).toBe(0o600);
  });

  test('a further environment goes on behind the record of the one before', async () => {
    await spawn(sh('printf one'), 'one');
    await becomes(run, 'exited');
    run.lose();
    await link.close();
    await box.kill();
    link = await scene.link();
    await scene.box();
    run = scene.run(link);
    await connected(link);
    const from = await run.spawn(sh('printf two'), size);
    expect(from).toBe(3);
    const all = viewed(run);
    expect(await all.closed).toBe('exited');
    expect(all.reader.text).toBe('onetwo');
  });

  test('what was gone with its environment is lost, and its record stays', async () => {
    const terminal = await spawn(programs.idle('here'), 'here');
    await box.kill();
    await connected(link, false);
    run.lose();
    expect(await terminal.closed).toBe('lost');
    const later = viewed(run);
    expect(await later.closed).toBe('lost');
    expect(later.reader.text).toBe('here');
    await expect(run.signal('KILL')).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
    expect(await run.stats()).toBeUndefined();
  });

  test('runs once at a time, is paused, goes on, and is ended with all it started', async () => {
    await expect(run.spawn({argv: ['/no/such/agent']}, size)).resolves.toBe(0);
    await becomes(run, 'exited');
    expect(run.status.exitCode).toBe(127);
    const terminal = await spawn(
      sh('setsid sleep 1000 & echo "child=$!"; while :; do echo tick; sleep 0.01; done'),
      'tick',
    );
    await expect(run.spawn(programs.idle('x'), size)).rejects.toMatchObject({code: 'ENGINE_REFUSED'});
    await run.signal('STOP');
    expect(run.status.state).toBe('paused');
    const states = async () => {
      const stream = await link.run(
        `for p in /proc/[0-9]*; do grep -q '^Uid:.1000' $p/status && sed -n 's/^State:.//p' $p/status; done`,
      );
      let said = '';
      stream.onOutput((_, bytes) => {
        said += Buffer.from(bytes).toString();
      });
      await stream.closed;
      return said.trim();
    };
    expect(await states()).toMatch(/^(T \(stopped\)\n?)+$/);
    const used = await run.stats();
    expect(used?.pids).toBeGreaterThanOrEqual(2);
    expect(used?.memoryBytes).toBeGreaterThan(10_000);
    await run.signal('CONT');
    expect(run.status.state).toBe('running');
    await run.signal('KILL');
    expect(await terminal.closed).toBe('exited');
    expect(run.status).toEqual({state: 'exited', exitCode: 137});
    expect(await states()).toBe('');
  });

  test('tells of what cannot wait: a commit, and what is handed over', async () => {
    await spawn(programs.idle('here'), 'here');
    const heard: string[] = [];
    const told = new Promise<void>(resolve =>
      run.onChanged(what => {
        heard.push(what);
        if (new Set(heard).size === 2) resolve();
      }),
    );
    const work = await link.run(
      'mkdir -p /run/trails-exchange /workspace/.git/refs/heads; echo 1 >/run/trails-exchange/a; echo 2 >/workspace/.git/refs/heads/main',
    );
    work.onOutput(() => {});
    await work.closed;
    await told;
  });

  test('secrets go over the connection alone', async () => {
    const secret = 'sk-0123456789-secret';
    const command: Command = {...sh('printf "%s" "$KEY" | tr a-z A-Z; exec cat'), secrets: {KEY: secret}};
    await spawn(command, secret.toUpperCase());
    const found = await link.run(
      `grep -rls ${secret.slice(0, 8)} /run /tmp /home /workspace /root /etc; for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f; echo; done`,
    );
    let said = '';
    found.onOutput((_, bytes) => {
      said += Buffer.from(bytes).toString();
    });
    await found.closed;
    expect(said).toContain('perl /run/trails-link/keeper');
    expect(said.split('\n').filter(line => line.includes(secret) || line.startsWith('/'))).toEqual([
      expect.stringContaining('/usr/sbin/dropbear'),
    ]);
  });
});
