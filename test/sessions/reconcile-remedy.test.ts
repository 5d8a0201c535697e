import {expect, test} from 'vitest';
import type {Environment, EnvironmentId} from '../../src/providers/provider.ts';
import {type Remedy, remedyFor} from '../../src/sessions/reconcile.ts';
import type {SessionRecord} from '../../src/sessions/record.ts';
import {sampleRecord} from '../support/sample-record.ts';

const observed = (state: Environment['state']): Environment => ({
  id: 'c1' as EnvironmentId,
  name: 'x',
  state,
  labels: {},
  image: 'host',
  createdAt: 0,
});
const had = {environment: 'c1' as EnvironmentId};

const cases: readonly [string, Partial<SessionRecord>, Environment | undefined, Remedy][] = [
  ['a creation that stopped before its container was made is taken back', {phase: 'creating'}, undefined, 'unmake'],
  [
    'a creation that stopped before the agent started is taken back',
    {phase: 'creating', ...had},
    observed('created'),
    'unmake',
  ],
  ['a container made but not yet recorded is taken back', {phase: 'creating'}, observed('created'), 'unmake'],
  ['a creation whose agent runs is adopted', {phase: 'creating', ...had}, observed('running'), 'running'],
  [
    'a start that never came about leaves the session stopped',
    {phase: 'creating', exitCode: 0, ...had},
    observed('exited'),
    'ended',
  ],
  [
    'a running session whose container ended meanwhile is stopped',
    {phase: 'running', ...had},
    observed('exited'),
    'ended',
  ],
  ['a running session whose container is gone is lost', {phase: 'running', ...had}, undefined, 'lost'],
  [
    'a stop that died before it stopped anything leaves it running',
    {phase: 'stopping', ...had},
    observed('running'),
    'running',
  ],
  [
    'a teardown that died is finished, whatever is left',
    {phase: 'running', removing: true, ...had},
    observed('running'),
    'unmake',
  ],
  [
    'a teardown that died after the container went is finished',
    {phase: 'stopped', removing: true, ...had},
    undefined,
    'unmake',
  ],
  [
    'a stopped session that somebody started by hand runs',
    {phase: 'stopped', exitCode: 0, ...had},
    observed('running'),
    'running',
  ],
];

test.each(cases)('%s', (_name, record, environment, remedy) => {
  expect(remedyFor(sampleRecord(record), environment, true)).toBe(remedy);
});

test('what a living process works on is left to it', () => {
  for (const [, record, environment] of cases)
    expect(remedyFor(sampleRecord(record), environment, false)).toBe('leave');
});
