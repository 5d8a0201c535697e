import {chownSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {Scene, size} from '../../contracts/scene.ts';
import {openPodmanFixture, type PodmanFixture} from '../../support/podman.ts';

const scene = new Scene();
let fixture: PodmanFixture;
beforeAll(async () => {
  fixture = await openPodmanFixture();
  scene.begin(fixture);
}, 600_000);
afterAll(() => scene.end(), 60_000);

const sh = (script: string) => ({argv: ['/bin/sh', '-c', script] as const});

/** Runs a script as the agent, to its end; resolves with what it printed. */
async function agentRuns(workspace: string, script: string) {
  const id = await scene.create({workspace});
  await scene.provider.spawnAgent(id, {argv: [...sh(script).argv]}, size);
  const terminal = await scene.open(id);
  expect(await terminal.closed).toBe('exited');
  return {id, text: terminal.reader.text};
}

const asRoot = process.getuid?.() === 0;
const owners: readonly (readonly [string, number])[] = asRoot
  ? [
      ['root', 0],
      ['user 1234', 1234],
    ]
  : [['us', process.getuid?.() ?? 0]];

describe.each(owners)('a workspace of %s', (_, uid) => {
  const make = (name: string) => {
    const directory = fixture.directory(name);
    writeFileSync(path.join(directory, 'before.txt'), 'from the host\n');
    if (asRoot) for (const one of [directory, path.join(directory, 'before.txt')]) chownSync(one, uid, uid);
    return directory;
  };

  test("is the agent's to write, who is not root, and its files belong to the owner outside", async () => {
    const workspace = make(`owned-${uid}`);
    const script = 'id -u; cat before.txt; echo changed >> before.txt; mkdir -p a/b; echo made > a/b/new.txt; umask';
    const {id, text} = await agentRuns(workspace, script);
    expect(text).toContain('from the host');
    expect(Number(text.split('\r\n')[0])).toBeGreaterThan(0);
    for (const name of ['before.txt', 'a', 'a/b', 'a/b/new.txt']) {
      expect(statSync(path.join(workspace, name)).uid, name).toBe(uid);
    }
    expect(readFileSync(path.join(workspace, 'a/b/new.txt'), 'utf8')).toBe('made\n');
    await scene.provider.destroyEnvironment(id);
    expect(readdirSync(workspace).sort()).toEqual(['a', 'before.txt']);
  });

  test('is still there after a restart', async () => {
    const workspace = make(`again-${uid}`);
    const {id} = await agentRuns(workspace, 'echo once >> log.txt');
    await scene.provider.startEnvironment(id, size);
    const terminal = await scene.open(id);
    expect(await terminal.closed).toBe('exited');
    expect(readFileSync(path.join(workspace, 'log.txt'), 'utf8')).toBe('once\nonce\n');
    await scene.provider.destroyEnvironment(id);
  });
});

test('the agent can become nobody else, and write nowhere but in its own places', async () => {
  const script = [
    'for f in /x /usr/x /etc/x /run/trails/agent /run/x; do (echo x > $f) 2>/dev/null && echo "wrote $f"; done',
    'for f in /tmp/x /var/tmp/x /home/agent/x /workspace/x; do (echo x > $f) 2>/dev/null || echo "could not write $f"; done',
    'grep -E "CapEff|NoNewPrivs" /proc/self/status; ls /sys/class/net; whoami; pwd; echo $HOME; hostname',
  ].join('\n');
  const {id, text} = await agentRuns(fixture.directory('closed'), script);
  expect(text).not.toContain('wrote');
  expect(text).not.toContain('could not');
  expect(text).toMatch(/CapEff:\s0+\r/);
  expect(text).toMatch(/NoNewPrivs:\s1\r/);
  expect(text).toMatch(/\nlo\r\nagent\r\n\/workspace\r\n\/home\/agent\r\ntest\r\n$/);
  await scene.provider.destroyEnvironment(id);
});

test("the machine's own tools work in the host image", async () => {
  const script =
    'git init -q . && git config user.email a@b && git config user.name a && echo x > f && git add f && git commit -qm first && git log --oneline | wc -l; bash -c "echo bash works"; vim --version | head -1; perl -e "print qq(perl works\\n)"; date +%Z';
  const {id, text} = await agentRuns(fixture.directory('tools'), script);
  expect(text).toMatch(/^1\r\nbash works\r\nVIM - Vi IMproved.*\r\nperl works\r\n[A-Z]/);
  await scene.provider.destroyEnvironment(id);
});

test('limits bite', async () => {
  if (!scene.provider.supports.limits) return;
  const id = await scene.create({limits: {memoryBytes: 64 * 1024 * 1024, cpus: 1, pids: 20}});
  const script =
    'head -c 200000000 /dev/zero | tail | wc -c; echo ended with $?; for i in $(seq 40); do sleep 5 & done; wait';
  await scene.provider.spawnAgent(id, {argv: [...sh(script).argv]}, size);
  const terminal = await scene.open(id);
  await terminal.reader.until(reader => /fork|Killed|ended/i.test(reader.text));
  await terminal.reader.until(reader => /fork/i.test(reader.text));
  expect(terminal.reader.text).not.toContain('200000000');
  await scene.provider.destroyEnvironment(id);
});
