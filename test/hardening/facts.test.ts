import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {canaries} from './calls.ts';
import {facts, makes} from './facts.ts';
import {type Hardening, openHardening, type Sandboxed} from './sandbox.ts';
import {smallProgram} from './small-program.ts';

const asRoot = process.getuid?.() === 0;

describe('a strict sandbox', {timeout: 60_000}, () => {
  let hardening: Hardening;
  let sandbox: Sandboxed;
  /** A directory that a canary sees as its workspace. */
  let shared: string;
  beforeAll(async () => {
    hardening = await openHardening();
    sandbox = await hardening.open();
    shared = mkdtempSync(path.join(tmpdir(), 't-hardening-'));
    chmodSync(shared, 0o755);
  }, 600_000);
  afterAll(async () => {
    rmSync(shared, {recursive: true, force: true});
    await hardening?.close();
  }, 60_000);

  const outside = async (script: string, flags: readonly string[] = []) =>
    (await hardening.plainly(`cd /workspace && ${script}`, ['-v', `${shared}:/workspace`, ...flags])).text;
  const inside = async (script: string) => (await sandbox.sh(script)).text;
  /** Puts the same into the workspace of both. */
  const plant = async (work: (directory: string) => unknown) => {
    for (const directory of [shared, sandbox.spec.workspace]) await work(directory);
  };

  test.each(facts)('$name', async ({script, inside: holds, canary: [way, says]}) => {
    const flags = typeof way === 'string' ? canaries[way] : way;
    expect((await hardening.plainly(script, flags)).text, 'the canary').toMatch(says);
    expect(await inside(script), 'inside').toMatch(holds);
  });

  test.each([
    ['ipc', ['--ipc', 'host']],
    ['uts', ['--uts', 'host']],
    ['pid', ['--pid', 'host']],
    ['net', ['--network', 'host']],
    ['cgroup', ['--cgroupns', 'host']],
  ])('its namespace %s is its own', async (name, flags) => {
    const place = `/proc/self/ns/${name}`;
    const here = readlinkSync(place);
    expect((await hardening.plainly(`readlink ${place}`, flags)).text.trim()).toBe(here);
    expect((await inside(`readlink ${place}`)).trim()).toMatch(/^\w+:\[\d+\]$/);
    expect((await inside(`readlink ${place}`)).trim()).not.toBe(here);
  });

  test('what holds its commands holds its first process and its root as well', async () => {
    const look = (place: string) => `grep -E "^(Cap(Prm|Eff|Bnd)|NoNewPrivs|Seccomp):" ${place}/status | cut -f2`;
    const held = ['0'.repeat(16), '0'.repeat(16), '0'.repeat(16), '1', '2'].join('\n');
    expect((await outside(look('/proc/1'))).split('\n')).not.toContain('0'.repeat(16));
    for (const place of ['/proc/1', '/proc/self']) expect(await inside(look(place)), place).toBe(held);
    const {text} = await sandbox.sh(`id -u; ${look('/proc/self')}; ${makes('/etc/made')}; chroot / true 2>&1`, 'root');
    expect(text).toMatch(new RegExp(`^0\n${held}\nrefused\n.*not permitted`));
  });

  test('it can write in its own places, and nowhere else', async () => {
    const look = `{ find / -xdev -type d -writable -not -path "/proc/*"; cut -d" " -f2 /proc/self/mounts | while read m; do [ -d $m ] && [ -w $m ] && echo $m; done; } 2>/dev/null | sort -u`;
    const own = [
      '/dev/mqueue',
      '/dev/shm',
      '/home/agent',
      '/run/trails-secrets',
      '/run/trails-tmp',
      '/tmp',
      '/var/tmp',
      '/workspace',
    ];
    // What the older cgroups are mounted in, with crun: a megabyte of which nothing is run. They themselves are read-only.
    const around = (await inside('[ -d /sys/fs/cgroup/pids ] && echo old')) === 'old' ? ['/sys/fs/cgroup'] : [];
    const found = (await inside(look)).split('\n');
    expect(found.filter(one => !around.includes(one))).toEqual(own);
    expect(await inside('find /sys/fs/cgroup/* -type f -writable 2>/dev/null | wc -l')).toBe('0');
    expect((await outside(look)).split('\n')).toContain('/etc');
  });

  test.runIf(asRoot)('a setuid program of root in its workspace gives it nothing', async () => {
    await plant(directory => {
      copyFileSync('/usr/bin/id', path.join(directory, 'id'));
      chownSync(path.join(directory, 'id'), 0, 0);
      chmodSync(path.join(directory, 'id'), 0o4755);
    });
    expect(await outside('./id -u', ['--user', '1000:1000'])).toBe('0');
    expect(await inside('./id -u')).toBe('1000');
  });

  test.runIf(asRoot)('a device in its workspace opens nothing', async () => {
    await plant(directory => run('mknod', [path.join(directory, 'kmsg'), 'c', '1', '11']));
    await plant(directory => chmodSync(path.join(directory, 'kmsg'), 0o666));
    const open = 'if ( : < kmsg ) 2>/dev/null; then echo opened; else echo refused; fi';
    expect(await outside(open, canaries.privileged)).toBe('opened');
    expect(await inside(open)).toBe('refused');
  });

  test.runIf(process.arch === 'x64')('a 32-bit program, which no rule sees through, is killed', async () => {
    await plant(directory => writeFileSync(path.join(directory, 'small'), smallProgram(42), {mode: 0o755}));
    expect(await outside('./small; echo $?')).toMatch(/^42$/);
    expect(await inside('./small; echo $?')).toMatch(/^159$/m);
  });

  test('it reaches nothing that listens on this machine, by port or by name', async () => {
    const listen = (place: number | string) =>
      new Promise<net.Server>((resolve, reject) => {
        const server = net.createServer(socket => socket.end('reached'));
        server.once('error', reject);
        server.listen(typeof place === 'number' ? {host: '127.0.0.1', port: place} : {path: place}, () =>
          resolve(server),
        );
      });
    const name = `\0t-hardening-${process.pid}`;
    const servers = [await listen(0), await listen(name)];
    const {port} = servers[0]!.address() as net.AddressInfo;
    const perl = (how: string) => `perl -MSocket -e '${how}' 2>/dev/null || echo refused`;
    const asks = [
      `socket(S, PF_INET, SOCK_STREAM, 0) && connect(S, sockaddr_in(${port}, inet_aton("127.0.0.1"))) or exit 1; print <S>`,
      `socket(S, PF_UNIX, SOCK_STREAM, 0) && connect(S, pack("S a*", 1, "\\0${name.slice(1)}")) or exit 1; print <S>`,
    ];
    try {
      for (const ask of asks) {
        expect(await outside(perl(ask), ['--network', 'host'])).toBe('reached');
        expect(await inside(perl(ask))).toBe('refused');
      }
    } finally {
      for (const server of servers) server.close();
    }
  });

  test('it asks no name server', async () => {
    const ask = 'grep -c "^nameserver" /etc/resolv.conf; true';
    expect(await outside(ask)).toMatch(/^[1-9]/);
    const send =
      'perl -MSocket -e \'socket(S, PF_INET, SOCK_DGRAM, 0); send(S, "x", 0, sockaddr_in(53, inet_aton("192.0.2.1"))) and print "sent"\'';
    expect(await outside(send)).toBe('sent');
    expect(await inside(send)).toBe('');
  });

  test('it finds no socket of this machine', async () => {
    const server = net.createServer().listen(path.join(shared, 'engine.sock'));
    const find = 'find / -xdev -type s 2>/dev/null; find /workspace /home /run /tmp -type s 2>/dev/null | wc -l';
    expect(Number((await outside(find)).trim())).toBeGreaterThan(0);
    expect(await inside(find)).toBe('0');
    server.close();
  });

  test('it sees nothing of another session', async () => {
    const other = await hardening.open();
    await other.sh(
      `for at in /workspace ~ /tmp $TMPDIR; do echo other > $at/t-other; done
      perl -e 'shmget(4711, 4096, 01600); $0 = "t-other"; sleep 1000' > /dev/null 2>&1 &
      until grep -qx t-other /proc/[0-9]*/comm; do :; done`,
    );
    const look = `find / -name t-other -not -path "/proc/*" 2>/dev/null | wc -l; cat /proc/[0-9]*/comm | grep -cx t-other
      perl -e 'print defined shmget(4711, 0, 0) ? "shared" : "none"'`;
    expect((await other.sh(look)).text).toBe('4\n1\nshared');
    expect(await inside(look)).toBe('0\n0\nnone');
    await hardening.provider.destroyEnvironment(other.id);
  });

  test('directories of a shared group are made and copied as ever', async () => {
    const directory = path.join(sandbox.spec.workspace, 'shared');
    mkdirSync(directory);
    const {uid, gid} = statSync(sandbox.spec.workspace);
    chownSync(directory, uid, gid);
    chmodSync(directory, 0o2775);
    expect(await inside('cd shared && mkdir -p a/b && cp -r a c && stat -c %A a/b c/b')).toBe('drwxr-sr-x\ndrwxr-sr-x');
  });

  test('programs run from TMPDIR, which is empty at each start, and it is held as before', async () => {
    const makes =
      'cp /usr/bin/true "$TMPDIR/t" && "$TMPDIR/t" && mkdir "$TMPDIR/.hidden" && ln -s /usr "$TMPDIR/..link" && ls -A "$TMPDIR"';
    expect(await inside(makes)).toBe('..link\n.hidden\nt');
    await hardening.provider.stopEnvironment(sandbox.id, 0);
    // What holds it is the engine's by now: no file of ours can loosen it.
    rmSync(path.join(hardening.home, 'state/seccomp'), {recursive: true});
    await hardening.provider.startEnvironment(sandbox.id, {columns: 80, rows: 24});
    await expect.poll(() => inside('ls -A "$TMPDIR"'), {timeout: 10_000}).toBe('');
    expect(await inside('unshare --user true; grep "^Seccomp:" /proc/self/status')).toMatch(
      /not permitted[\s\S]*\t2$|\t2[\s\S]*not permitted/,
    );
  });
});
