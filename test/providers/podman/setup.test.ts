import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {thisMachine} from '../../../src/lib/checkup/this-machine.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {machineNeeds, settingsFor, settingsText, type Traits} from '../../../src/providers/podman/machine.ts';
import {packageManagers} from '../../../src/providers/podman/package-managers.ts';
import {missingPrograms, planSetup} from '../../../src/providers/podman/setup.ts';

const usual: Traits = {
  cgroupHybrid: false,
  canRaiseLimits: true,
  hardOpenFiles: 1_048_576,
  hardProcesses: 60_000,
  hasJournal: true,
  hasNetavark: true,
  hasOldNetworks: false,
  root: false,
};

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 't-podman-setup-'));
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

describe('settings of our own', () => {
  test('a usual machine gets none', () => {
    expect(settingsFor(usual, '/w')).toEqual([]);
    expect(settingsFor({...usual, hasJournal: false}, '/w')).toEqual([]);
  });

  test('each comes with its reason', () => {
    const bare: Traits = {
      ...usual,
      cgroupHybrid: true,
      canRaiseLimits: false,
      hardOpenFiles: 20_000,
      hasJournal: false,
      hasOldNetworks: true,
      root: true,
    };
    const settings = settingsFor(bare, '/w/crun');
    expect(settings.map(({table, key}) => `${table}.${key}`)).toEqual([
      'engine.runtime',
      'engine.runtimes.crun',
      'containers.default_ulimits',
      'network.network_backend',
      'engine.events_logger',
    ]);
    expect(machineNeeds(bare, '/w/crun').every(setting => setting.why.length > 10)).toBe(true);
    const text = settingsText(settings);
    expect(text).toContain('runtime = "crun"');
    expect(text).toContain('crun = ["/w/crun"]');
    expect(settingsFor({...bare, root: false}, '/w/crun')[0]).toMatchObject({key: 'runtime', value: '"runc"'});
    expect(text).toContain('nofile=20000:20000');
    expect(text.match(/^\[engine\]$/gm)).toHaveLength(1);
  });
});

describe('set-up', () => {
  const program = (name: string) => {
    const file = path.join(home, 'bin', name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, '#!/bin/sh\necho "$0 $*" >> "$(dirname "$0")/ran"\n');
    chmodSync(file, 0o755);
  };
  const env = () => ({PATH: path.join(home, 'bin'), TRAILS_HOME: home});

  test('every package manager knows a package for everything', () => {
    for (const manager of packageManagers.filter(one => one.needsRoot)) {
      for (const [need, packages] of Object.entries(manager.packages)) {
        expect(packages, `${manager.program}: ${need}`).not.toEqual([]);
      }
    }
  });

  test('names what is missing', async () => {
    const bare = {...thisMachine({PATH: ''}), platform: 'linux' as const};
    expect(await missingPrograms(bare, {...usual, cgroupHybrid: true})).toEqual(
      expect.arrayContaining(['podman', 'runc', 'rootless']),
    );
    expect(await missingPrograms({...bare, platform: 'darwin'}, usual)).toEqual(['podman']);
  });

  test('says what it would run, and does nothing until it is told to', async () => {
    program('zypper');
    const steps = await planSetup({paths: pathsFrom(env()), env: env()});
    expect(steps[0]).toMatchObject({title: 'Install Podman', why: expect.stringContaining('podman')});
    expect(steps[0]?.detail).toMatch(/zypper --non-interactive install --no-recommends .*podman/);
    expect(existsSync(path.join(home, 'bin', 'ran'))).toBe(false);
  });

  test('without a package manager it says what to do by hand', async () => {
    mkdirSync(path.join(home, 'bin'));
    await expect(planSetup({paths: pathsFrom(env()), env: env()})).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      hint: expect.stringContaining('by hand'),
    });
  });

  test('once done there is nothing left to do, and nothing but a file of ours was written', async () => {
    const paths = pathsFrom({...process.env, TRAILS_HOME: home});
    for (const step of await planSetup({paths, env: process.env})) await step.run(() => {});
    expect(await planSetup({paths, env: process.env})).toEqual([]);
    const file = path.join(paths.config, 'containers.conf');
    if (existsSync(file)) expect(readFileSync(file, 'utf8')).toMatch(/^# Written by `trails setup`/);
  });
});
