import {mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {manualClock} from '../../../src/lib/manual-clock.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {createMock} from '../../../src/providers/mock/provider.ts';
import type {Context} from '../../../src/sessions/context.ts';
import {withUsableRuntime} from '../../../src/sessions/launch/runtime.ts';
import {sampleRecord} from '../../support/sample-record.ts';
import {contextOver} from '../../support/service-fixture.ts';

let home: string;
let context: Context;
const provider = createMock({clock: manualClock(), programFor: () => undefined, runtimes: ['runsc']});
beforeEach(() => {
  home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-runtime-')));
  context = contextOver(pathsFrom({TRAILS_HOME: home}), provider, manualClock());
});
afterEach(() => {
  context.store.close();
  rmSync(home, {recursive: true, force: true});
});
const use = async (runtime: string, fallback = false) => {
  const steps: string[] = [];
  const own = {...context, defaults: {...context.defaults, runtime: {name: 'auto', fallback}}};
  const facts = await withUsableRuntime(own, provider, sampleRecord({runtime}), step => void steps.push(step));
  return {runtime: facts.runtime, steps};
};

test('what a session is said to run with is what it runs with', async () => {
  expect(await use('auto')).toEqual({runtime: null, steps: []});
  expect(await use('runsc')).toEqual({runtime: 'runsc', steps: []});
  await expect(use('kata')).rejects.toMatchObject({code: 'UNSUPPORTED'});
});

test('with a fallback the engine’s own takes its place, told and written down', async () => {
  const {runtime, steps} = await use('kata', true);
  expect(runtime).toBeNull();
  expect(steps).toEqual([expect.stringContaining('the engine’s own takes its place')]);
  expect(context.store.auditTail({}, 5)).toMatchObject([{action: 'runtime', detail: steps[0], result: 'ok'}]);
});
