import {existsSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createMock} from '../../src/providers/mock/provider.ts';
import {mendWorkspaces} from '../../src/sessions/work/mend.ts';
import {temporaryHome} from '../support/home.ts';
import {manualClock} from '../support/manual-clock.ts';
import {contextOver, openService} from '../support/service-fixture.ts';

test.each([900, 4000, 15_000])('what a git of a dead daemon writes %i ms behind a removal goes, too', async lateMs => {
  const fixture = await openService();
  const request = {agent: 'shell', args: ['echo'], env: {}, limits: {}, size: {columns: 80, rows: 24}};
  const make = (name: string) =>
    fixture.port.create({...request, name, repo: fixture.repo()}, () => {}, new AbortController().signal);
  const [{id}, other] = [await make('gone'), await make('stays')];
  await fixture.port.remove('gone', {force: true});
  const directory = path.join(fixture.paths.state, 'sessions', id);
  expect(existsSync(directory)).toBe(false);
  fixture.pass(lateMs);
  mkdirSync(path.join(directory, 'shadow.git/objects/pack'), {recursive: true});
  writeFileSync(path.join(directory, 'shadow.git/objects/pack/pack-1.keep'), '');
  fixture.pass(20_000);
  await expect.poll(() => existsSync(directory)).toBe(false);
  expect(existsSync(path.join(fixture.paths.state, 'sessions', other.id))).toBe(true);
  expect(readdirSync(path.join(fixture.paths.state, 'removed'))).toEqual([]);
  await fixture.close();
});

test('the next daemon goes on with it', async () => {
  const home = temporaryHome();
  const id = '01jd0000000000000000000000';
  const late = (name: string) => path.join(home.paths.state, 'sessions', name, 'shadow.git');
  mkdirSync(path.join(home.paths.state, 'removed'), {mode: 0o700});
  writeFileSync(path.join(home.paths.state, 'removed', id), '');
  for (const name of [id, '01jd0000000000000000000001']) mkdirSync(late(name), {recursive: true});
  const clock = manualClock();
  const provider = createMock({clock, programFor: () => undefined});
  const context = contextOver(home.paths, provider, clock);
  await mendWorkspaces(context);
  clock.pass(1000);
  await expect.poll(() => existsSync(late(id))).toBe(false);
  // Of that one nobody knows that it was removed.
  expect(existsSync(late('01jd0000000000000000000001'))).toBe(true);
  context.store.close();
});
