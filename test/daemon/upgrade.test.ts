import {cpSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test, vi} from 'vitest';
import {run} from '../../src/lib/exec.ts';
import {daemonFiles} from '../../src/lib/paths.ts';
import {stopDaemon} from '../support/daemon.ts';
import {temporaryDirectory, temporaryHome} from '../support/home.ts';

test('a daemon goes on when an upgrade takes its files away', {timeout: 60_000}, async () => {
  const {home, paths} = temporaryHome();
  onTestFinished(() => stopDaemon(paths));
  writeFileSync(path.join(paths.config, 'config.yaml'), 'provider: mock\n');
  const old = path.join(temporaryDirectory(), 'dist');
  cpSync('dist', old, {recursive: true});
  writeFileSync(path.join(old, 'package.json'), '{"type": "module"}');
  const trails = (directory: string, ...args: string[]) =>
    run(process.execPath, [path.resolve(directory, 'main.js'), ...args], {env: {TRAILS_HOME: home}});
  expect(await trails(old, 'daemon', 'start')).toMatchObject({exitCode: 0});
  const log = () => readFileSync(daemonFiles(paths).log, 'utf8');
  await vi.waitFor(() => expect(log()).toContain('everything is loaded'), {timeout: 20_000});
  rmSync(old, {recursive: true});

  const repo = path.join(home, 'repo');
  mkdirSync(repo);
  const made = await trails('dist', 'new', 'api', '--workspace', 'bind', '--repo', repo, '--', 'echo');
  expect(made).toMatchObject({exitCode: 0});
  expect((await trails('dist', 'screen', 'api')).exitCode).toBe(0);
  expect((await trails('dist', 'doctor')).stdout).not.toMatch(/Cannot find module/);
  expect((await trails('dist', 'rm', 'api', '--force')).exitCode).toBe(0);
  expect(log()).not.toContain('Cannot find');
});
