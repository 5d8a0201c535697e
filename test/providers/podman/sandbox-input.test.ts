import {mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {sandboxInput} from '../../../src/providers/podman/create/sandbox-input.ts';
import type {EnvironmentSpec} from '../../../src/providers/provider.ts';
import {type Profile, sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {seccompProfile} from '../../../src/providers/sandbox/seccomp/profile.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), 't-sandbox-input-'));
});
afterEach(() => rmSync(state, {recursive: true, force: true}));

const spec = (profile: Profile): EnvironmentSpec => ({
  ...{name: 'x', hostname: 'x', image: 'host', labels: {}, workspace: '/code', mounts: [], stateDir: '/state', env: {}},
  ...{limits: {memoryBytes: 2 ** 28, cpus: 1, pids: 64}, network: 'none', sandbox: sandboxOf(profile)},
});

test('the engine reads the list of this sandbox, from a file that is ours alone', () => {
  const files = (['strict', 'relaxed'] as const).map(profile => {
    const {seccompFile} = sandboxInput(state, spec(profile));
    expect(readFileSync(seccompFile, 'utf8')).toBe(seccompProfile(sandboxOf(profile)));
    expect(statSync(seccompFile).mode & 0o777).toBe(0o600);
    return seccompFile;
  });
  expect(files[0]).not.toBe(files[1]);
  expect(sandboxInput(state, spec('strict')).seccompFile).toBe(files[0]);
  expect(readdirSync(path.join(state, 'seccomp'))).toHaveLength(2);
});

test('a list that somebody has changed is as it was again', () => {
  const {seccompFile} = sandboxInput(state, spec('strict'));
  writeFileSync(seccompFile, '{"defaultAction":"SCMP_ACT_ALLOW"}');
  expect(readFileSync(sandboxInput(state, spec('strict')).seccompFile, 'utf8')).toBe(
    seccompProfile(sandboxOf('strict')),
  );
});
