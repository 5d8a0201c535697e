import {existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {handOver, sweepLeftSecrets, sweepSecrets, takenWithinMs} from '../../../src/providers/podman/secrets.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';

function scene() {
  const stateDir = temporaryDirectory();
  mkdirSync(path.join(stateDir, 'secrets'), {mode: 0o700});
  const at = (name = '') => path.join(stateDir, 'secrets', name);
  return {stateDir, at, names: () => readdirSync(at())};
}

test('values whose daemon was killed go when the next one looks: old ones at once, others when their time is over', () => {
  const {stateDir, at, names} = scene();
  const clock = manualClock();
  handOver(stateDir, {KEY: 'sesame-old'});
  const [old = ''] = names();
  const aged = (clock.now() - takenWithinMs - 1) / 1000;
  utimesSync(at(old), aged, aged);
  handOver(stateDir, {KEY: 'sesame-new'});
  const now = clock.now() / 1000;
  for (const name of names()) if (name !== old) utimesSync(at(name), now, now);
  sweepLeftSecrets(stateDir, clock);
  expect(names()).toHaveLength(1);
  expect(readFileSync(at(names()[0]), 'utf8')).toContain('sesame-new');
  clock.pass(takenWithinMs + 1);
  expect(names()).toEqual([]);
});

test('a start begins with none left; what the agent put beside them is its own', () => {
  const {stateDir, at, names} = scene();
  handOver(stateDir, {KEY: 'sesame'});
  const planted = `env-${'0'.repeat(32)}`;
  const outside = path.join(stateDir, 'outside');
  writeFileSync(outside, 'stays');
  symlinkSync(outside, at(planted));
  mkdirSync(at(`env-${'1'.repeat(32)}`));
  writeFileSync(at('notes'), '');
  sweepSecrets(stateDir);
  expect(names().sort()).toEqual([`env-${'1'.repeat(32)}`, 'notes']);
  expect(readFileSync(outside, 'utf8')).toBe('stays');
});

test('a link in place of the directory is not followed', () => {
  const stateDir = temporaryDirectory();
  const elsewhere = temporaryDirectory();
  symlinkSync(elsewhere, path.join(stateDir, 'secrets'));
  expect(() => handOver(stateDir, {KEY: 'sesame'})).toThrow(expect.objectContaining({code: 'STATE_UNUSABLE'}));
  expect(readdirSync(elsewhere)).toEqual([]);
});

test('of a directory that an agent filled no more is looked at than ours can be', () => {
  const {stateDir, at, names} = scene();
  for (let made = 0; made < 3000; made++) writeFileSync(at(`env-${String(made).padStart(32, '0')}`), '');
  sweepSecrets(stateDir);
  expect(names().length).toBeGreaterThanOrEqual(2000);
  const {takeBack, place} = handOver(stateDir, {KEY: 'sesame'});
  expect(existsSync(at(path.basename(place)))).toBe(true);
  takeBack();
  expect(existsSync(at(path.basename(place)))).toBe(false);
});
