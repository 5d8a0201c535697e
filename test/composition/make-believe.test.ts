import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {openDevSessions} from '../../src/composition/dev.ts';
import {shop} from '../../src/composition/make-believe/project.ts';
import {commitOf, makeRepository} from '../../src/composition/make-believe/repository.ts';
import {configAt} from '../../src/lib/config.ts';
import {silentLog} from '../../src/lib/log.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'trails-test-dev-'));
});
afterEach(() => rmSync(home, {recursive: true, force: true}));

const git = (directory: string, ...args: readonly string[]) =>
  execFileSync('git', ['-C', directory, ...args], {encoding: 'utf8'}).trim();

test('a repository that is made without git is one that git finds nothing wrong with', async () => {
  await makeRepository(home, shop);
  expect(git(home, 'rev-parse', 'HEAD')).toBe(commitOf(shop).commit);
  expect(git(home, 'fsck', '--strict')).toBe('');
  expect(git(home, 'status', '--porcelain')).toBe('');
});

describe('the sessions of --dev', () => {
  let port: SessionsPort;
  beforeEach(async () => {
    const paths = pathsFrom({TRAILS_HOME: home});
    const world = {
      paths,
      env: {},
      config: configAt(paths.config),
      log: () => silentLog,
      version: 'test',
      command: 'trails',
    };
    port = await openDevSessions(world);
  });
  afterEach(() => port.close());

  test('have changes of every kind, and apply brings them to the repository they are of', async () => {
    const counts = await Promise.all(
      ['token-refresh', 'sessions-migration', 'api-docs', 'nightly-deploy', 'scratch'].map(async name => {
        const {files} = await port.changes(name);
        return [name, files.map(({kind, path: file}) => `${kind} ${file}`)];
      }),
    );
    expect(Object.fromEntries(counts)).toEqual({
      'token-refresh': ['added src/session/clock.ts', 'modified src/session/token.ts', 'modified test/session.test.ts'],
      'sessions-migration': [
        'added migrations/0042_sessions.sql',
        'deleted src/session/memory-store.ts',
        'modified src/session/store.ts',
        'added src/session/table-store.ts',
        'modified test/session.test.ts',
      ],
      'api-docs': ['modified docs/api.md'],
      'nightly-deploy': ['modified nightly.sh'],
      scratch: ['modified ideas.md'],
    });
    const {target, commit} = await port.apply('token-refresh', {});
    expect(git(target, 'rev-parse', 'HEAD')).toBe(commit);
    const copy = await port.apply('nightly-deploy', {});
    expect(statSync(path.join(copy.target, 'nightly.sh')).mode & 0o111).not.toBe(0);
    await expect(port.planApply('sessions-migration', {})).resolves.toMatchObject({
      conflicts: [{path: 'test/session.test.ts'}],
    });
    await expect(port.apply('sessions-migration', {})).rejects.toMatchObject({code: 'APPLY_CONFLICT'});
    await port.apply('sessions-migration', {theirs: true});
    expect(git(target, 'log', '--format=%s', '-1')).toBe('Merge trails/sessions-migration');
    await port.apply('access-log', {});
    expect(git(target, 'status', '--porcelain')).toBe('');
    expect(git(target, 'fsck', '--strict', '--no-dangling')).toBe('');
  });
});
