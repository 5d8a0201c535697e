import {existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {daemonPid, stopDaemon} from '../support/daemon.ts';
import {fakeDagger} from '../support/dagger/fake-dagger.ts';
import {boxMissing} from '../support/dagger/local-box.ts';
import {realImage, realMissing} from '../support/dagger/real-engine.ts';
import {openPty} from '../support/pty.ts';

const main = path.resolve('dist/main.js');
const author = ['-c', 'user.name=t', '-c', 'user.email=t@example.invalid'];
const git = async (directory: string, ...args: readonly string[]) =>
  (await run('git', ['-C', directory, ...author, ...args])).stdout.trim();

interface Kind {
  readonly name: string;
  /** Why it cannot be had here. */
  readonly missing: string | undefined;
  readonly image: string;
  /** What the CLI finds its engine by. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where it is ours to kill. */
  readonly engine?: {readonly kill: () => void; readonly revive: () => void};
}

const defined = (env: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));

function describeDeaths({name, missing, image, env: more, engine}: Kind): void {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-e2e-dagger-')));
  const paths = pathsFrom({TRAILS_HOME: home});
  const repo = path.join(home, 'repo');
  const env = defined({...process.env, ...more, TRAILS_HOME: home});
  async function trails(...args: readonly string[]): Promise<string> {
    const {exitCode, stdout, stderr} = await run(process.execPath, [main, ...args], {
      env,
      cwd: repo,
      timeoutMs: 60_000,
    });
    if (exitCode !== 0) throw new Error(`trails ${args.join(' ')} ended with ${exitCode}: ${stdout}${stderr}`);
    return stdout.trim();
  }
  const inside = (script: string) => trails('exec', 'far', '--', 'sh', '-c', script);
  const shown = async (): Promise<{phase: string; note: string; workspace: {path: string}}> =>
    JSON.parse(await trails('show', 'far', '--json'));

  afterAll(() => rmSync(home, {recursive: true, force: true}));
  describe.skipIf(missing !== undefined)(`sessions on ${name}${missing ? `: ${missing}` : ''}`, () => {
    let workspace = '';
    beforeAll(async () => {
      mkdirSync(repo);
      await git(repo, 'init', '-q');
      writeFileSync(path.join(repo, 'file'), 'as it was\n');
      await git(repo, 'add', '-A');
      await git(repo, 'commit', '-qm', 'one');
      await trails('new', 'far', '--provider', 'dagger', '--network', 'open', '--image', image);
      workspace = (await shown()).workspace.path;
    }, 60_000);
    afterAll(async () => {
      // What is left must not keep the rest from being cleared.
      await trails('rm', '--force', 'far').catch(() => {});
      await stopDaemon(paths);
    });

    const commit = (name: string) =>
      inside(`echo ${name} >${name} && git add -A && git ${author.join(' ')} commit -qm ${name} && git rev-parse HEAD`);
    /** What was asked for before is on this machine, with nobody asking for it. */
    const kept = async (name: string) => {
      const made = (await commit(`committed-${name}`)).trim();
      await expect.poll(() => git(workspace, 'rev-parse', 'HEAD'), {timeout: 5000}).toBe(made);
      await inside(`echo ${name} >written-${name}`);
      const file = path.join(workspace, `written-${name}`);
      await expect.poll(() => existsSync(file), {timeout: 30_000}).toBe(true);
      return made;
    };
    const isLost = async () => {
      const {phase, note} = await shown();
      if (phase !== 'lost') return false;
      expect(note).toMatch(/; what is kept is of \d\d:\d\d:\d\d$/);
      return true;
    };
    const comesBack = async (name: string, made: string) => {
      await trails('start', 'far');
      expect((await inside('git rev-parse HEAD; git status --short; git fsck 2>&1')).trim().split('\n')).toEqual([
        made,
        `?? written-${name}`,
      ]);
      await inside(`rm written-${name}`);
    };

    test('a killed daemon loses nothing: what runs goes on, and is there again', {timeout: 90_000}, async () => {
      const made = (await commit('before')).trim();
      await inside('echo now >unsaved; echo $$ >/dev/null');
      const terminal = openPty(process.execPath, [main, 'attach', 'far'], {columns: 80, rows: 24, env});
      await terminal.shows('$');
      terminal.type('for i in $(seq 1 100000); do echo "line $i"; sleep 0.05; done\r');
      await terminal.shows('line 10');
      process.kill((await daemonPid(paths)) ?? 0, 'SIGKILL');
      await terminal.exit().catch(() => {});
      expect(await inside('cat unsaved; git rev-parse HEAD; rm unsaved')).toBe(`now\n${made}`);
      const again = openPty(process.execPath, [main, 'attach', 'far'], {columns: 80, rows: 24, env});
      await again.shows(/line \d\d\d/);
      again.type('\x03');
      // Not a line is missing of what was said while nobody listened.
      const lines = [...(await trails('logs', 'far', '--tail', '100000')).matchAll(/^line (\d+)\r?$/gm)].map(([, n]) =>
        Number(n),
      );
      expect(lines.length).toBeGreaterThan(100);
      expect(lines).toEqual(lines.map((_, index) => index + 1));
      again.type('\x11');
      await again.exit();
    });

    test('a killed session process loses no commit, and at most 30 s of the rest', {timeout: 120_000}, async () => {
      const made = await kept('one');
      const [pid] = readFileSync(path.join(paths.state, 'dagger', 'session.process'), 'utf8').split(':');
      process.kill(Number(pid), 'SIGKILL');
      await expect.poll(isLost, {timeout: 15_000, interval: 250}).toBe(true);
      await comesBack('one', made);
    });

    test.skipIf(!engine)(
      `a killed engine loses no commit, and at most 30 s of the rest${engine ? '' : ': one that is not ours is not killed'}`,
      {timeout: 120_000},
      async () => {
        const made = await kept('two');
        engine?.kill();
        // The stub notices when it is asked.
        await trails('doctor').catch(() => {});
        await expect.poll(isLost, {timeout: 15_000, interval: 250}).toBe(true);
        expect(await trails('start', 'far').catch((error: Error) => error.message)).toMatch(
          /ended with 69|ended with 73/,
        );
        engine?.revive();
        await comesBack('two', made);
      },
    );

    test('with the last session the session process goes', {timeout: 60_000}, async () => {
      const [pid] = readFileSync(path.join(paths.state, 'dagger', 'session.process'), 'utf8').split(':');
      await trails('rm', '--force', 'far');
      await expect.poll(() => existsSync(`/proc/${pid}`), {timeout: 10_000}).toBe(false);
    });
  });
}

const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-e2e-fake-')));
const fake = fakeDagger(directory, 'boxes');
afterAll(() => rmSync(directory, {recursive: true, force: true}));
describeDeaths({
  ...{name: 'the stub of a Dagger engine', missing: boxMissing, image: 'docker.io/trails/tooled:1', env: fake.env},
  engine: {kill: () => fake.turnOn('engine-gone'), revive: () => fake.turnOff('engine-gone')},
});
describeDeaths({name: 'a real Dagger engine', missing: realMissing, image: realImage, env: {}});
