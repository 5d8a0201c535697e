import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {PortFixture} from '../contracts/port.ts';
import {git, makeRepository} from '../support/git-repo.ts';
import {openServiceFixture} from '../support/service-fixture.ts';

let fixture: PortFixture;
beforeEach(async () => {
  fixture = await openServiceFixture();
});
afterEach(() => fixture.close());

test.each([
  'api',
  'work',
])('what was applied of %s is named in the repository until it is removed, and never in the place of its branch', async name => {
  const repo = makeRepository(fixture.repo(), {'a.txt': 'begin\n'});
  const request = {name, agent: 'shell', args: ['echo'], repo, env: {}, limits: {}, size: {columns: 80, rows: 24}};
  const {workspace} = await fixture.port.create(request, () => {}, new AbortController().signal);
  const refs = () => git(repo, 'for-each-ref', '--format=%(refname)', 'refs/trails').split('\n');
  writeFileSync(path.join(workspace.path, 'a.txt'), 'applied\n');
  await fixture.port.apply(name, {});
  expect(refs()).toEqual([`refs/trails/${name}`]);
  writeFileSync(path.join(workspace.path, 'a.txt'), 'not applied\n');
  await fixture.port.remove(name, {force: true});
  expect(refs()).toEqual([expect.stringMatching(/^refs\/trails\/recovery\/\w{26}$/)]);
  const {branch} = await fixture.port.restore(name, {});
  expect(git(repo, 'show', `${branch}:a.txt`)).toBe('not applied');
});
