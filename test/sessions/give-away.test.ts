import {lstatSync, mkdirSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {manualClock} from '../../src/lib/manual-clock.ts';
import {createMock} from '../../src/providers/mock/provider.ts';
import {inPlaceOfRoot} from '../../src/providers/podman/ownership.ts';
import type {Owner} from '../../src/providers/provider.ts';
import {giveAway} from '../../src/sessions/work/give-away.ts';
import {temporaryDirectory} from '../support/home.ts';
import {portProgram} from '../support/port-programs.ts';
import {sampleRecord} from '../support/sample-record.ts';

const never = new AbortController().signal;
const agent = {uid: 1000, gid: 1000};
const engine = {
  ...{
    flavor: 'podman' as const,
    version: '5',
    rootless: false,
    runtime: 'crun',
    cgroupVersion: 2 as const,
    idmap: true,
  },
  limits: {memory: true, cpus: true, pids: true},
};
const place = (owner: Owner | undefined) => ({
  ...createMock({clock: manualClock(), programFor: portProgram}),
  inPlaceOfRoot: async () => owner,
});
const made = () => {
  const base = temporaryDirectory();
  const files = path.join(base, 'workspace');
  mkdirSync(path.join(files, 'deep'), {recursive: true});
  writeFileSync(path.join(files, 'deep', 'file'), 'x');
  writeFileSync(path.join(base, 'outside'), 'y');
  symlinkSync(path.join(base, 'outside'), path.join(files, 'link'));
  return {base, files};
};
const facts = (files: string, mode: 'clone' | 'bind' = 'clone') =>
  sampleRecord({workspace: {...sampleRecord().workspace, mode, path: files}});

test.each([
  ['ids are mapped in mounts', {}, undefined],
  ['the user of the engine is the agent', {rootless: true, idmap: false}, undefined],
  ['the runtime maps none', {idmap: false}, agent],
  ['Docker', {flavor: 'docker' as const, idmap: false}, agent],
])('where %s', (_what, over, owner) => {
  expect(inPlaceOfRoot({...engine, ...over})).toEqual(owner);
});

test('what root has made becomes the agent’s, links as links', async ({skip}) => {
  if (process.getuid?.() !== 0) skip('only root can give files away');
  const {base, files} = made();
  await giveAway(place(agent), facts(files), never);
  for (const name of ['', 'deep', 'deep/file', 'link']) expect(lstatSync(path.join(files, name))).toMatchObject(agent);
  expect(statSync(path.join(base, 'outside')).uid).toBe(0);
});

test('a directory of the user’s own stays theirs, and so does all where root can be worked for', async () => {
  const {files} = made();
  const {uid} = statSync(files);
  await giveAway(place(agent), facts(files, 'bind'), never);
  await giveAway(place(undefined), facts(files), never);
  expect(statSync(files).uid).toBe(uid);
});
