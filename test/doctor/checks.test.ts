import {expect, test} from 'vitest';
import {examine, plan, together} from '../../src/doctor/doctor.ts';
import {machineTable} from '../../src/doctor/table.ts';
import {groupOf} from '../../src/lib/checkup/check.ts';
import {broken} from './broken.ts';
import {but, healthy, viewOn} from './machines.ts';

const show = ({check, name}: {check: string; name: string}) => ({title: `${check}: ${name}`});

test('of a machine on which all is well nothing is said, and nothing is to be done', async () => {
  const findings = await examine(viewOn(healthy));
  expect(findings.filter(({state}) => state !== 'ok')).toEqual([]);
  expect(findings.length).toBeGreaterThan(20);
  expect(await plan(viewOn(healthy))).toEqual([]);
});

test.each(broken.map(one => ({...one, ...show(one)})))('$title', async ({check, machine, view, state, ...said}) => {
  const seen = viewOn(machine ?? healthy, view);
  const finding = (await examine(seen)).find(one => one.check === check);
  expect(finding).toMatchObject({state, detail: expect.stringMatching(said.detail)});
  expect(finding?.fix).toMatch(said.fix ?? /\S/);
  const step = (await plan(seen)).find(({name}) => name === check);
  if (said.step) expect(step?.detail).toMatch(said.step);
});

test('every check is broken by a machine, and set-up says what it would do for each that it can mend', () => {
  const names = machineTable.map(({id}) => id);
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(broken.map(({check}) => check))).toEqual(new Set(names));
  const mended = machineTable.filter(({mend}) => mend).map(({id}) => id);
  expect(new Set(broken.filter(({step}) => step).map(({check}) => check))).toEqual(new Set(mended));
});

test('every check says what it is about, why it matters and what mends it', () => {
  for (const {id, title, why, fix} of machineTable) {
    expect(groupOf(id), id).not.toBe(id.split('.')[0]);
    expect(
      [title, why, fix].every(text => text.length > 2),
      id,
    ).toBe(true);
  }
});

test('changes of what is not ours alone are offered, not done', async () => {
  const offered = await Promise.all(
    broken
      .filter(({check}) => check.startsWith('wsl.'))
      .map(({machine, view}) => plan(viewOn(machine ?? healthy, view))),
  );
  const steps = offered.flat().filter(({name}) => name.startsWith('wsl.'));
  expect(steps.length).toBeGreaterThan(2);
  for (const step of steps) expect(step.optional).toBe(true);
});

test('a bare machine: exactly what is missing is missing', async () => {
  const bare = but(healthy, {programs: [], says: {'git --version': 127}, files: {'/etc/subuid': undefined}});
  const missing = (await examine(viewOn(bare))).filter(({state}) => state === 'missing').map(({check}) => check);
  expect(missing).toEqual(['machine.git', 'podman.programs', 'rootless.ids']);
});

test('where nobody installs, the step says what to do by hand, and the others are planned all the same', async () => {
  const bare = but(healthy, {programs: [], files: {'/etc/subuid': undefined}});
  const steps = await plan(viewOn(bare));
  expect(steps.map(({name}) => name)).toEqual(['podman.programs', 'rootless.ids']);
  expect(steps[0]?.detail).toContain('Install Podman by hand');
  await expect(steps[0]?.run(() => {})).rejects.toMatchObject({code: 'UNSUPPORTED'});
});

test('who asked for Docker is not told what Podman lacks', async () => {
  const findings = await examine(viewOn(but(healthy, {programs: ['git']}), {provider: 'docker'}));
  expect(findings.filter(({check}) => /^(podman|rootless)/.test(check))).toEqual([]);
});

test('root needs nothing of what is there for others', async () => {
  const root = but(healthy, {uid: 0, programs: ['podman', 'conmon', 'netavark', 'catatonit', 'crun', 'git']});
  const findings = await examine(viewOn(root));
  expect(findings.filter(({check}) => check.startsWith('rootless.'))).toEqual([]);
  expect(findings.find(({check}) => check === 'podman.programs')?.state).toBe('ok');
});

const finding = (check: string, state: 'ok' | 'warning' | 'missing') => ({
  ...{check, state, title: check, detail: 'seen', why: 'because'},
  ...(state === 'ok' ? {} : {fix: 'mend it'}),
});
const states = (findings: readonly {check: string; state: string}[]) =>
  Object.fromEntries(findings.map(({check, state}) => [check, state]));

test('that Podman answers does not mean that a container starts', () => {
  const machine = [finding('rootless.ids', 'missing'), finding('podman.settings', 'missing')];
  const engines = [finding('podman', 'ok'), finding('podman.limits', 'warning'), finding('docker', 'ok')];
  expect(states(together(machine, engines))).toMatchObject({
    ...{'rootless.ids': 'missing', 'podman.settings': 'missing', 'podman.limits': 'warning'},
  });
});

test('with a Docker that works, what Podman lacks is missing to nobody', () => {
  const machine = [finding('podman.settings', 'missing'), finding('trails.node', 'missing')];
  const engines = [finding('podman', 'ok'), finding('docker', 'ok'), finding('docker.limits', 'ok')];
  expect(states(together(machine, engines))).toMatchObject({'podman.settings': 'warning', 'trails.node': 'missing'});
});

test('a daemon that does not start for its settings is told once', () => {
  const starts = finding('daemon.starts', 'missing');
  expect(states(together([finding('trails.config', 'missing')], [starts]))).toEqual({'trails.config': 'missing'});
  expect(states(together([finding('trails.config', 'ok')], [starts]))).toMatchObject({'daemon.starts': 'missing'});
});

test('what is not installed is told once', () => {
  const found = together(
    [finding('podman.programs', 'missing')],
    [finding('podman', 'missing'), finding('docker', 'ok')],
  );
  expect(states(found)).toEqual({'podman.programs': 'missing', docker: 'ok'});
});
