import {chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import type {Finding} from '../../src/sessions/port.ts';
import {stopDaemon} from '../support/daemon.ts';
import {lastingHome} from '../support/home.ts';

describe('doctor and set-up, as they are run', {timeout: 60_000}, () => {
  let home: ReturnType<typeof lastingHome>;
  let bin: string;
  beforeEach(() => {
    home = lastingHome();
    bin = path.join(home.home, 'bin');
    mkdirSync(bin);
  });
  afterEach(async () => {
    await stopDaemon(home.paths);
    home.remove();
  });

  const program = (name: string, script: string) => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(bin, name), 0o755);
  };
  /** On a machine of which nothing is found but what is in `bin`. */
  const trails = (...args: string[]) =>
    run(process.execPath, [path.resolve('dist/main.js'), ...args], {
      env: {
        TRAILS_HOME: home.home,
        PATH: bin,
        XDG_RUNTIME_DIR: undefined,
        DOCKER_HOST: undefined,
        TRAILS_PROVIDER: undefined,
      },
      timeoutMs: 40_000,
    });
  const found = async (): Promise<readonly Finding[]> =>
    JSON.parse((await trails('--provider', 'podman', 'doctor', '--json')).stdout);
  const missing = async () =>
    (await found()).flatMap(({check, state, detail}) => (state === 'missing' ? [`${check}: ${detail}`] : []));

  test('on a bare machine doctor names what is missing and how to get it, and ends with 69', async () => {
    const {exitCode, stdout, stderr} = await trails('--provider', 'podman', 'doctor');
    expect({exitCode, stderr}).toEqual({exitCode: 69, stderr: ''});
    expect(stdout).toMatch(/^✗ {2}git +not installed$/m);
    expect(stdout).toMatch(/^✗ {2}Podman’s programs +not installed: podman,/m);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect((await missing()).slice(0, 2)).toEqual([
      'machine.git: not installed',
      expect.stringMatching(/^podman\.programs: not installed: podman,/),
    ]);
    for (const finding of await found()) {
      expect(Object.keys(finding).sort()).toEqual(['check', 'detail', 'fix', 'state', 'title', 'why']);
      expect(finding.state === 'ok' ? finding.fix : typeof finding.fix).toBe(finding.state === 'ok' ? null : 'string');
    }
  });

  test('set-up would run the package manager, and --dry-run runs nothing', async () => {
    program('apt-get', `echo "$*" >> ${home.home}/ran`);
    const {exitCode, stderr} = await trails('setup', '--dry-run');
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/apt-get install -y --no-install-recommends git\n/);
    expect(stderr).toMatch(/apt-get install -y --no-install-recommends podman /);
    expect(existsSync(path.join(home.home, 'ran'))).toBe(false);
    expect(readdirSync(home.paths.config)).toEqual([]);
  });

  test('what set-up brings, doctor finds; what fails, set-up tells, and it can be asked again', async () => {
    program('sudo', 'exec "$@"');
    program('apt-get', 'echo "no network today"; exit 100');
    const failed = await trails('setup', '--yes');
    expect(failed.exitCode).toBe(73);
    expect(failed.stderr).toMatch(/no network today[\s\S]*`.*apt-get update -q` failed with exit code 100/);
    const tools = ['podman', 'conmon', 'netavark', 'catatonit', 'crun', 'runc', 'newuidmap', 'slirp4netns', 'umount'];
    const made = [...tools, 'git'].map(name => `printf '#!${'/bin/sh'}\\necho git version 2.39.2\\n' > ${bin}/${name}`);
    program('apt-get', `[ "$1" = update ] && exit 0\n${made.join('\n')}\n/bin/chmod 755 ${bin}/*`);
    const done = await trails('setup', '--yes');
    expect(done.stderr).toMatch(/Done\./);
    expect((await missing()).filter(text => /^(machine\.git|podman\.(programs|settings))/.test(text))).toEqual([]);
    expect((await trails('setup', '--dry-run')).stderr).not.toMatch(/apt-get|containers\.conf/);
  });
});
