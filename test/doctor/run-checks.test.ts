import {expect, test} from 'vitest';
import {enginesOr} from '../../src/doctor/doctor.ts';
import {AppError} from '../../src/errors.ts';
import {type Check, type Finding, ok} from '../../src/lib/checkup/check.ts';
import {runChecks} from '../../src/lib/checkup/run-checks.ts';

const check = (id: string, look: Check<undefined>['look']): Check<undefined> => ({
  ...{id, title: id, why: 'because', fix: 'mend it', look},
});

test('one that throws is a finding with its reason, and the others are there', async () => {
  const found = await runChecks(
    [
      check('a', () => {
        throw new Error('the disk is gone');
      }),
      check('b', () => Promise.reject(new AppError('ENGINE_REFUSED', 'no', {hint: 'ask again'}))),
      check('c', () => ok('fine')),
      check('d', () => undefined),
    ],
    undefined,
  );
  expect(found).toMatchObject([
    {check: 'a', state: 'warning', detail: 'could not be looked at: the disk is gone', fix: 'mend it'},
    {check: 'b', state: 'warning', fix: 'ask again'},
    {check: 'c', state: 'ok', detail: 'fine'},
  ]);
  expect(found[2]).not.toHaveProperty('fix');
});

test('one that hangs holds nobody up', async () => {
  const found = await runChecks([check('a', () => new Promise(() => {})), check('b', () => ok('fine'))], undefined, {
    patienceMs: 20,
  });
  expect(found).toMatchObject([{state: 'warning', detail: 'no answer within 0.02 s'}, {state: 'ok'}]);
});

test('they stop when they are told to', async () => {
  const stop = new AbortController();
  const found = runChecks([check('a', () => new Promise(() => {}))], undefined, {signal: stop.signal});
  stop.abort(new Error('enough'));
  await expect(found).rejects.toThrow('enough');
});

const engine: Finding = {check: 'podman', title: 'Engine', state: 'ok', detail: '4.3', why: 'because'};

test('where no daemon can start, that is told, and the engines are asked here', async () => {
  const refused = () => Promise.reject(new AppError('DAEMON_UNREACHABLE', 'it did not start', {hint: 'look'}));
  expect(await enginesOr(refused, async () => [engine])).toMatchObject([
    {check: 'daemon.starts', state: 'missing', detail: 'it did not start', fix: 'look'},
    engine,
  ]);
});

test('settings that nobody can read are told by their own check: the engines are asked here', async () => {
  const refused = () => Promise.reject(new AppError('CONFIG_INVALID', 'config.yaml:1:1: colour'));
  expect(await enginesOr(refused, async () => [engine])).toEqual([engine]);
});

test('what the daemon refused it is not asked for again; a bug stays one', async () => {
  const never = () => Promise.reject(new Error('not asked'));
  const unknown = () => Promise.reject(new AppError('PROVIDER_UNKNOWN', 'there is no provider "x"'));
  expect(await enginesOr(unknown, never)).toMatchObject([{check: 'engine', state: 'missing'}]);
  await expect(enginesOr(() => Promise.reject(new TypeError('oops')), never)).rejects.toThrow('oops');
});
