import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {fileInView, patchInView} from '../../src/ui/models/diff-place.ts';
import type {State} from '../../src/ui/state.ts';
import {manualClock} from '../support/manual-clock.ts';
import {changesOf, sampleChange, samplePatch} from '../support/sample-changes.ts';
import {sampleSession} from '../support/sample-session.ts';
import {type Fake, openDashboard} from '../support/ui-dashboard.ts';

const workspace = {
  ...{mode: 'clone' as const, path: '/state/api/workspace', source: '/home/ada/projects/api'},
  ...{branch: 'trails/api', repo: '/home/ada/projects/api', base: 'c0ffee'},
};
const cloned = (name = 'api') => sampleSession({name, workspace, changes: {files: 3, added: 6, removed: 3}});
const three = () => changesOf(['a', 'b', 'c'].map(path => sampleChange({path})));
const read = (now: State) => now.diff !== undefined && patchInView(now.diff) !== undefined;
const patches = (fake: Fake) => fake.calls.filter(call => call.startsWith('patch'));

async function openDiff(prepare: (fake: Fake) => void = fake => fake.setChanges('01-api', three())) {
  const opened = openDashboard([cloned()], {prepare});
  await opened.listed();
  opened.press('c');
  return opened;
}
const fileOf = (now: State) => now.diff && fileInView(now.diff)?.path;

test('c shows the changes of the selected session, and the screen when asked again', async () => {
  const {press, state, until} = await openDiff();
  await until(read);
  expect([state().tab, fileOf(state())]).toEqual(['diff', 'a']);
  press('c');
  expect(state().tab).toBe('screen');
});

test('only the file in view is read, and the next one ahead of it', async () => {
  const {press, until, fake} = await openDiff();
  await until(now => now.diff?.patches.size === 2);
  expect(patches(fake)).toEqual(['patch 01-api a', 'patch 01-api b']);
  press(']');
  await until(now => now.diff?.patches.size === 3);
  expect(patches(fake)).toEqual(['patch 01-api a', 'patch 01-api b', 'patch 01-api c']);
});

test('what is not in view is not followed', async () => {
  const {press, until, fake} = await openDiff();
  await until(read);
  expect(fake.edits.readers.size).toBe(1);
  press('i');
  await until(now => now.tab === 'info');
  expect(fake.edits.readers.size).toBe(0);
});

test('n and p go through hunks, [ and ] through files; elsewhere n is a new session', async () => {
  const {press, state, until} = await openDiff();
  await until(now => now.diff?.patches.size === 2);
  press('n');
  expect(state().diff).toMatchObject({at: 0, hunk: 1});
  press('n');
  expect(state().diff).toMatchObject({at: 1, hunk: 0});
  press('p', ']');
  expect(fileOf(state())).toBe('b');
  press('[', '[');
  expect(fileOf(state())).toBe('a');
  press('c', 'n');
  expect(state().overlay.kind).toBe('form');
});

test('the ends say so', async () => {
  const {press, said, until} = await openDiff();
  await until(read);
  press('[', 'p', ']', ']', ']');
  expect(said()).toEqual(['This is the first file', 'This is the first hunk', 'This is the last file']);
});

test('a change shows by itself; the place stays at its file', async () => {
  const {press, state, until, fake} = await openDiff();
  await until(read);
  press(']');
  await until(now => fileOf(now) === 'b' && read(now));
  fake.patches.set('b', samplePatch(sampleChange({path: 'b'})).replaceAll('coupon', 'voucher'));
  fake.setChanges('01-api', changesOf([sampleChange({path: '0'}), ...three().files], {version: 'v2'}));
  const now = await until(({diff}) => diff !== undefined && patchInView(diff)?.version === 'v2');
  expect(fileOf(now)).toBe('b');
  expect(now.diff && patchInView(now.diff)?.lines.some(({text}) => text.includes('voucher'))).toBe(true);
  expect(state().diff?.at).toBe(2);
});

test('the place stays while one looks at something else', async () => {
  const {press, state, until} = await openDiff();
  await until(now => now.diff?.patches.size === 2);
  press(']', 'l', 'shift-up', 'c');
  expect([state().tab, fileOf(state())]).toEqual(['diff', 'b']);
});

test('back from another session one is where one was', async () => {
  const {listed, press, until} = openDashboard([cloned(), cloned('b')], {
    prepare: fake => {
      fake.setChanges('01-api', three());
      fake.setChanges('01-b', changesOf([sampleChange({path: 'other'})]));
    },
  });
  await listed();
  press('c');
  await until(now => now.diff?.patches.size === 2);
  press(']', 'n', 'j');
  await until(now => fileOf(now) === 'other');
  press('k');
  const now = await until(state => fileOf(state) === 'b' && read(state));
  expect(now.diff?.hunk).toBe(1);
});

test('a file that cannot be read says why in its place, and the others are read', async () => {
  const {press, until, fake} = await openDiff(port => {
    port.setChanges('01-api', three());
    port.failWith('patch', new AppError('WORKSPACE_UNREADABLE', 'a is\x1b[31m gone'));
  });
  const now = await until(read);
  expect(now.diff && patchInView(now.diff)?.lines.map(({text}) => text)).toEqual(['a is gone']);
  fake.failWith('patch', undefined);
  press(']', ']');
  const later = await until(state => fileOf(state) === 'c' && read(state));
  expect(later.diff && patchInView(later.diff)?.hunks).toHaveLength(2);
});

test('a workspace that cannot be looked at says why', async () => {
  const {until} = await openDiff(fake =>
    fake.failWith('watchChanges', new AppError('WORKSPACE_UNREADABLE', 'The workspace of api is gone')),
  );
  await until(now => now.paneProblem?.value === 'The workspace of api is gone');
});

test('that it looks is said only when it takes long', async () => {
  const clock = manualClock();
  const {dashboard, until, press} = openDashboard([cloned()], {
    clock,
    prepare: fake => {
      fake.port.watchChanges = async function* (_ref, signal) {
        await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}));
        yield three();
      };
    },
  });
  const first = until(now => now.sessions !== undefined);
  await first;
  press('c');
  clock.pass(100);
  const {diff} = dashboard.drawn.getState();
  expect(diff?.late ?? false).toBe(false);
  clock.pass(150);
  clock.pass(300);
  expect(dashboard.drawn.getState().diff?.late).toBe(true);
});

test('a says what will change, and y does just that', async () => {
  const {press, until, fake, said} = await openDiff();
  press('a');
  await until(now => now.overlay.kind === 'apply' && now.overlay.apply.plan !== undefined);
  expect(fake.calls.filter(call => call.startsWith('apply'))).toEqual([]);
  press('y');
  await until(now => now.notices.length > 0 && now.pending.size === 0);
  expect(fake.calls).toContain('apply 01-api v1');
  expect(said()).toEqual(['api: applied 3 files to api']);
});

test.each(['n', 'esc', 'q'])('%s leaves everything as it is', async key => {
  const {press, state, until, fake} = await openDiff();
  press('a');
  await until(now => now.overlay.kind === 'apply' && now.overlay.apply.plan !== undefined);
  press(key);
  expect(state().overlay.kind).toBe('none');
  expect(fake.calls.filter(call => call.startsWith('apply'))).toEqual([]);
});

test('nothing is applied before it is known what', async () => {
  const {listed, press, said, state, fake} = openDashboard([cloned()]);
  await listed();
  press('a', 'y');
  expect(said()).toEqual(['It is still being looked at what would change']);
  expect(state().overlay.kind).toBe('apply');
  expect(fake.calls.filter(call => call.startsWith('apply'))).toEqual([]);
});

const conflicting = (how: 'merge' | 'files') => (fake: Fake) => {
  fake.setChanges('01-api', three());
  const branch = how === 'merge' ? 'main' : null;
  fake.plans.set('01-api', {how, branch, conflicts: [{path: 'b', why: 'changed here, too'}]});
};
const planned = (theirs: boolean) => (now: State) =>
  now.overlay.kind === 'apply' && now.overlay.apply.theirs === theirs && !now.overlay.apply.planning;

test("a merge with conflicts is refused until the agent's are asked for", async () => {
  const {press, until, said, fake} = await openDiff(conflicting('merge'));
  press('a');
  await until(planned(false));
  press('y');
  expect(said()).toEqual(["Both sides changed the same files: t takes the agent's"]);
  press('t');
  await until(planned(true));
  expect(fake.calls).toContain('planApply 01-api theirs');
  press('y');
  await until(now => now.notices.length > 1 && now.pending.size === 0);
  expect(fake.calls).toContain('apply 01-api v1 theirs');
  expect(said()[1]).toBe('api: applied 3 files to main of api');
});

test('as files, those that both sides changed are left, and that is told', async () => {
  const {press, until} = await openDiff(conflicting('files'));
  press('a');
  await until(planned(false));
  press('y');
  const {notices} = await until(now => now.notices.length > 0 && now.pending.size === 0);
  expect(notices[0]).toMatchObject({
    text: 'api: applied 2 files to api',
    hint: '1 left as it is: changed on both sides',
  });
});

test('what is left out is neither counted nor passed over in silence', async () => {
  const {press, until, fake} = await openDiff();
  fake.plans.set('01-api', {refused: [{path: 'c', why: 'a name of git'}]});
  press('a');
  const {overlay} = await until(planned(false));
  expect(overlay.kind === 'apply' && overlay.apply.files.map(({path}) => path)).toEqual(['a', 'b']);
  press('y');
  const {notices} = await until(now => now.notices.length > 0 && now.pending.size === 0);
  expect(notices[0]).toMatchObject({text: 'api: applied 2 files to api', hint: '1 left out'});
});

test('t does nothing where nothing was changed on both sides', async () => {
  const {press, until, said} = await openDiff();
  press('a');
  await until(planned(false));
  press('t');
  expect(said()).toEqual(['No file was changed on both sides']);
});

test('what cannot be planned is told in place, and nothing can be applied', async () => {
  const error = new AppError('WORKSPACE_UNREADABLE', 'The workspace of api is gone', {hint: 'Look.'});
  const {press, until, fake} = await openDiff(port => port.failWith('planApply', error));
  press('a');
  const {overlay} = await until(now => now.overlay.kind === 'apply' && now.overlay.apply.problem !== undefined);
  expect(overlay).toMatchObject({apply: {problem: {text: 'The workspace of api is gone', hint: 'Look.'}}});
  press('y');
  expect(fake.calls.filter(call => call.startsWith('apply'))).toEqual([]);
});

test('an apply that fails is a notice with its hint', async () => {
  const {press, until, fake} = await openDiff();
  fake.failWith('apply', new AppError('WORKSPACE_CHANGED', 'api has changed since'));
  press('a');
  await until(planned(false));
  press('y');
  const {notices} = await until(now => now.notices.length > 0 && now.pending.size === 0);
  expect(notices[0]).toMatchObject({text: 'api has changed since', hint: 'Look at it again, then apply it.'});
});

test.each([
  ['a directory that the agent works in itself', sampleSession({name: 'x'}), /directory itself/],
  ['no changes', {...cloned('x'), changes: {files: 0, added: 0, removed: 0}}, /nothing that is not applied/],
  ['a session that is being created', {...cloned('x'), phase: 'creating' as const}, /being created/],
])('with %s, a says why there is nothing to apply', async (_what, session, why) => {
  const {listed, press, said, state} = openDashboard([session]);
  await listed();
  press('a');
  expect(said()[0]).toMatch(why);
  expect(state().overlay.kind).toBe('none');
});
