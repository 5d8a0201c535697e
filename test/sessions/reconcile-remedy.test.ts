import {expect, test} from 'vitest';
import type {Environment, EnvironmentId} from '../../src/providers/provider.ts';
import {type Remedy, remedyFor} from '../../src/sessions/engines/reconcile.ts';
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
const steps = {setup: ['one', 'two'], setupDone: 1};

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
  ['a setup step that runs was interrupted', {phase: 'creating', ...steps, ...had}, observed('running'), 'interrupted'],
  ['a setup step that ended was interrupted', {phase: 'creating', ...steps, ...had}, observed('exited'), 'interrupted'],
  [
    'one that was tried again was interrupted, too',
    {phase: 'creating', exitCode: 1, ...steps, ...had},
    observed('running'),
    'interrupted',
  ],
  [
    'a setup whose first step was not started is taken back',
    {phase: 'creating', ...steps},
    observed('created'),
    'unmake',
  ],
  ['a setup whose container is gone is lost', {phase: 'creating', ...steps, ...had}, undefined, 'lost'],
  [
    'a step that runs on after it was given up is stopped',
    {phase: 'failed', ...steps, ...had},
    observed('running'),
    'interrupted',
  ],
  ['a failed setup stays as it is', {phase: 'failed', ...steps, ...had}, observed('exited'), 'ended'],
  [
    'behind its steps the agent runs',
    {phase: 'creating', ...steps, setupDone: 2, ...had},
    observed('running'),
    'running',
  ],
  [
    'a teardown in the middle of its setup is finished',
    {phase: 'creating', removing: true, ...steps, ...had},
    observed('running'),
    'unmake',
  ],
];

test.each(cases)('%s', (_name, record, environment, remedy) => {
  expect(remedyFor(sampleRecord(record), environment, true)).toBe(remedy);
});

test('what a living process works on is left to it', () => {
  for (const [, record, environment] of cases)
    expect(remedyFor(sampleRecord(record), environment, false)).toBe('leave');
});
