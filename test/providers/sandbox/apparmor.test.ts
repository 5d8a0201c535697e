import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {apparmorName, apparmorProfile, apparmorState} from '../../../src/providers/sandbox/apparmor.ts';
import {loosenings, sandboxOf} from '../../../src/providers/sandbox/profile.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 't-apparmor-'));
});
afterEach(() => rmSync(root, {recursive: true, force: true}));

const put = (file: string, text: string) => {
  mkdirSync(path.join(root, path.dirname(file)), {recursive: true});
  writeFileSync(path.join(root, file), text);
};
const enabled = 'sys/module/apparmor/parameters/enabled';
const loaded = 'sys/kernel/security/apparmor/profiles';
const both = 'trails-sandbox (enforce)\ntrails-sandbox-namespaces (enforce)\n';

test.each([
  ['a kernel without it', {}, {kernel: false, loaded: false}],
  ['switched off', {[enabled]: 'N\n', [loaded]: both}, {kernel: false, loaded: false}],
  ['on, and nothing loaded', {[enabled]: 'Y\n', [loaded]: 'docker-default (enforce)\n'}, {kernel: true, loaded: false}],
  ['one of two', {[enabled]: 'Y\n', [loaded]: 'trails-sandbox (enforce)\n'}, {kernel: true, loaded: false}],
  [
    'in complain mode, which holds nothing',
    {[enabled]: 'Y\n', [loaded]: both.replaceAll('enforce', 'complain')},
    {kernel: true, loaded: false},
  ],
  ['both', {[enabled]: 'Y\n', [loaded]: `unconfined (unconfined)\n${both}`}, {kernel: true, loaded: true}],
] as const)('%s', (_, files, state) => {
  for (const [file, text] of Object.entries(files)) put(file, text);
  expect(apparmorState(root)).toEqual(state);
});

test('the text has a profile for every sandbox there is', () => {
  const names = [...apparmorProfile().matchAll(/^profile (\S+) flags/gm)].map(([, name]) => name);
  for (const one of [undefined, ...loosenings])
    expect(names).toContain(apparmorName(sandboxOf('strict', one === undefined ? [] : [one])));
});
