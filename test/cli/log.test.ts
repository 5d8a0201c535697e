import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {openLog} from '../../src/lib/log.ts';
import {temporaryHome} from '../support/home.ts';

const file = (state: string) => path.join(state, 'trails.log');
const linesOf = (state: string) =>
  readFileSync(file(state), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);

test('nothing is written below the level, and no file is made for it', async () => {
  const {paths} = temporaryHome();
  const log = openLog(paths, {});
  log.debug('not worth it');
  await log.flush();
  expect(existsSync(file(paths.state))).toBe(false);
});

test('the names of variables are kept, their values are not', async () => {
  const {paths} = temporaryHome();
  const log = openLog(paths, {TRAILS_LOG: 'debug'});
  log.debug('making the container', {spec: {env: {TOKEN: 'secret'}}, env: {KEY: 'secret'}});
  await log.flush();
  expect(readFileSync(file(paths.state), 'utf8')).not.toContain('secret');
  expect(linesOf(paths.state)[0]).toMatchObject({msg: 'making the container', env: {KEY: '[hidden]'}});
});

test('only its owner can read it, and two processes append', async () => {
  const {paths} = temporaryHome();
  for (const message of ['one', 'two']) {
    const log = openLog(paths, {});
    log.info(message);
    await log.flush();
  }
  expect(linesOf(paths.state).map(({msg}) => msg)).toEqual(['one', 'two']);
  expect(statSync(file(paths.state)).mode & 0o777).toBe(0o600);
});

test('a log that cannot be written stops nothing', async () => {
  const {paths} = temporaryHome();
  const log = openLog({...paths, state: '/dev/null/nowhere'}, {});
  log.error('lost');
  await expect(log.flush()).resolves.toBeUndefined();
});
