import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type ResolveInput, resolveRuntime} from '../../../../src/providers/podman/runtimes/resolve.ts';
import {engineName, scriptsOf, withRuntimes} from '../../../../src/providers/podman/runtimes/runtimes.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'trails-runtimes-'));
  for (const name of ['runsc', 'kata-runtime']) {
    writeFileSync(path.join(directory, name), '#!/bin/sh\n');
    chmodSync(path.join(directory, name), 0o755);
  }
});
afterAll(() => rmSync(directory, {recursive: true, force: true}));

const ask = (asked: string, over: Partial<ResolveInput> = {}) => {
  const trials: string[] = [];
  const trial = async (runtime: string, network: string) => void trials.push(`${runtime} ${network}`);
  const input = {asked, network: 'none' as const, engine: {name: 'podman', usual: 'crun'}, search: directory};
  return {trials, resolved: resolveRuntime({...input, hasKvm: true, trial, ...over})};
};
const refused = (message: string) => expect.objectContaining({code: 'UNSUPPORTED', message});

test('auto is the engine’s own, and its own by name needs no trial', async () => {
  expect(await ask('auto').resolved).toBeUndefined();
  const own = ask('crun');
  expect(await own.resolved).toBe('crun');
  expect(own.trials).toEqual([]);
});

test('another one is tried with the network it is wanted for', async () => {
  const {resolved, trials} = ask('runsc', {network: 'allowlist'});
  expect(await resolved).toBe('runsc');
  expect(trials).toEqual(['runsc allowlist']);
});

test('what cannot be used is refused with the reason', async () => {
  const cases: readonly [string, Partial<ResolveInput>, string][] = [
    ['runc', {}, 'The runtime runc cannot be used: runc is not installed'],
    ['kata', {hasKvm: false}, 'The runtime kata cannot be used: this machine has no /dev/kvm'],
    ['nope', {}, 'The runtime nope cannot be used: it is none that Trails knows: crun, runc, runsc, kata'],
    [
      'runsc',
      {engine: {name: 'docker', usual: 'runc', known: ['runc']}},
      'The runtime runsc cannot be used: docker is not set up for it',
    ],
    [
      'runsc',
      {
        async trial() {
          throw new Error('no such system call');
        },
      },
      'The runtime runsc cannot be used: a trial of it failed: no such system call',
    ],
  ];
  for (const [asked, over, message] of cases) await expect(ask(asked, over).resolved).rejects.toEqual(refused(message));
});

test('gVisor is called by scripts of ours, one for each kind of network', () => {
  expect(engineName('runsc', 'none')).toBe('trails-runsc');
  expect(engineName('runsc', 'allowlist')).toBe('trails-runsc');
  expect(engineName('runsc', 'open')).toBe('trails-runsc-open');
  expect(engineName('crun', 'open')).toBe('crun');
  expect([...scriptsOf('runsc', '/opt/it’s/runsc', false)]).toEqual([
    ['trails-runsc', `#!/bin/sh\nexec '/opt/it’s/runsc' '--network=none' '--host-uds=open' "$@"\n`],
    ['trails-runsc-open', `#!/bin/sh\nexec '/opt/it’s/runsc' '--host-uds=open' "$@"\n`],
  ]);
  expect(scriptsOf('runsc', '/x', true).get('trails-runsc')).toContain("'--ignore-cgroups'");
  expect(scriptsOf('crun', '/x', true).size).toBe(0);
});

test('Podman’s settings get them beside its own', () => {
  const runtimes = new Map([['trails-runsc', '/state/"x"']]);
  const line = 'trails-runsc = ["/state/\\"x\\""]';
  expect(withRuntimes('[engine]\nruntime = "crun"\n', runtimes)).toBe(
    `[engine]\nruntime = "crun"\n\n[engine.runtimes]\n${line}\n`,
  );
  expect(withRuntimes('[engine.runtimes]\ncrun = ["/c"]\n', runtimes)).toBe(
    `[engine.runtimes]\n${line}\ncrun = ["/c"]\n`,
  );
  expect(withRuntimes('x', new Map())).toBe('x');
});
