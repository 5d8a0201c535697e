import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import type {FormState} from '../../src/ui/models/form.ts';
import {formLines} from '../../src/ui/models/form-lines.ts';
import type {State} from '../../src/ui/state.ts';
import {sampleSession} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';

const formOf = (state: State): FormState | undefined =>
  state.overlay.kind === 'form' ? state.overlay.form : undefined;

async function openForm(env: Readonly<Record<string, string>> = {}) {
  const opened = openDashboard([], {env});
  await opened.listed();
  opened.press('n');
  await opened.until(now => formOf(now)?.fields.name.suggested === true && formOf(now)?.agents.length === 2);
  return {...opened, form: () => formOf(opened.state())};
}

test('a name is suggested; the first letter replaces it, an arrow keeps it', async () => {
  const {press, form} = await openForm();
  expect(form()?.fields.name.text).toBe('brave-otter');
  press('left', 'right', "'-2'");
  expect(form()?.fields.name.text).toBe('brave-otter-2');
  press('ctrl-u', "'api'");
  expect(form()?.fields.name.text).toBe('api');
});

test('a name written before the suggestion came stays', async () => {
  const {listed, press, until, fake} = openDashboard([]);
  await listed();
  press('n', "'mine'");
  await fake.next('validate');
  const now = await until(state => formOf(state)?.agents.length === 2);
  expect(formOf(now)?.fields.name.text).toBe('mine');
});

test('a burst of typing, a paste and editing keys all arrive', async () => {
  const {press, form, dashboard} = await openForm();
  press('tab', 'ctrl-u');
  dashboard.paste('/srv/one two\n');
  press('ctrl-w', "'three'", 'home', 'delete', 'end', 'backspace');
  expect(form()?.fields.directory.text).toBe('srv/one thre');
});

test('what the port finds wrong shows at its field once it was written in', async () => {
  const {press, until, fake} = await openForm();
  fake.findProblems({name: 'Use lower-case letters'});
  press("'Big'");
  const now = await until(state => formOf(state)?.problems.name !== undefined);
  expect(formOf(now)?.touched.has('name')).toBe(true);
});

test('enter creates with everything that was filled in', async () => {
  const {press, until, fake} = await openForm();
  press("'api'", 'tab', 'tab', 'right', 'tab', 'right', 'tab', 'right', 'right', 'tab', "'fix it'");
  press('tab', `'--model "a b"'`, 'tab', "'base'");
  press('tab', "'2g'", 'tab', "'1.5'", 'tab', "'256'", 'tab', 'right', 'enter');
  await until(now => now.overlay.kind === 'creating');
  expect(fake.creations[0]?.request).toMatchObject({
    name: 'api',
    workspace: 'clone',
    agent: 'claude',
    mode: 'edits',
    prompt: 'fix it',
    args: ['--model', 'a b'],
    image: 'base',
    limits: {memoryBytes: 2 * 2 ** 30, cpus: 1.5, pids: 256},
    network: 'none',
    repo: '/home/ada/projects/api',
    size: {columns: 120, rows: 40},
  });
});

test('what is left empty is left to the configuration', async () => {
  const {press, until, fake} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  const request = fake.creations[0]?.request;
  expect(request).toMatchObject({name: 'brave-otter', args: [], limits: {}});
  expect(Object.keys(request ?? {})).not.toContain('image');
  expect(Object.keys(request ?? {})).not.toContain('network');
  expect(Object.keys(request ?? {})).not.toContain('workspace');
  expect(Object.keys(request ?? {})).not.toContain('mode');
  expect(Object.keys(request ?? {})).not.toContain('prompt');
});

test.each([
  ['right', {profile: 'strict'}],
  ['right right', {profile: 'relaxed'}],
  ['right right right', {profile: 'strict', loosen: ['tmp-exec']}],
  ['left', {profile: 'strict', loosen: ['writable-root']}],
])('the sandbox is chosen: %s', async (keys, asked) => {
  const {press, until, fake} = await openForm();
  press('shift-tab', ...keys.split(' '), 'enter');
  await until(now => now.overlay.kind === 'creating');
  expect(fake.creations[0]?.request).toMatchObject(asked);
});

test('an agent brings its own variables that are set, and no value of them is ever in what is drawn', async () => {
  const env = {ANTHROPIC_API_KEY: 'sk-secret', TZ: 'Europe/Berlin', EMPTY: '', AWS_SECRET: 'other-secret'};
  const {press, until, state, fake} = await openForm(env);
  press('tab', 'tab', 'tab', 'right');
  expect(JSON.stringify(formLines(formOf(state()) as FormState, 60, 20))).toContain('Brings ANTHROPIC_API_KEY, TZ.');
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  expect(fake.creations[0]?.request.here).toEqual({ANTHROPIC_API_KEY: 'sk-secret', TZ: 'Europe/Berlin'});
  fake.creations[0]?.fail(new AppError('CANNOT_CREATE', 'no'));
  await until(now => formOf(now)?.failure !== undefined);
  expect(JSON.stringify(state(), (_, value) => (value instanceof Set ? [...value] : value))).not.toContain('secret');
});

test('a mode that the next agent does not have is as configured again', async () => {
  const {press, form} = await openForm();
  press('tab', 'tab', 'tab', 'right', 'tab', 'right', 'right', 'right');
  expect(form()?.chosen.mode).toBe('all');
  press('shift-tab', 'right', 'tab');
  expect(form()?.chosen).toMatchObject({agent: 'shell', mode: 'default'});
  expect(form()?.focus).toBe('prompt');
});

test('a pasted prompt keeps its lines; a name does not', async () => {
  const {press, form, dashboard} = await openForm();
  dashboard.paste('one\r\ntwo');
  expect(form()?.fields.name.text).toBe('one two');
  press('tab', 'tab', 'tab', 'tab');
  dashboard.paste('fix this:\r\n\tit\x1b[31m fails\n');
  expect(form()?.fields.prompt.text).toBe('fix this:\n it fails');
});

test('a directory that is too large is copied when enter is pressed again, and only as it was asked', async () => {
  const {press, until, form, fake} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  fake.creations[0]?.fail(new AppError('TOO_BIG', '/home/ada/projects/api holds 3 GB'));
  await until(now => formOf(now)?.failure !== undefined);
  expect(form()?.failure?.hint).toMatch('enter copies all of it');
  press('enter');
  await until(() => fake.creations.length === 2);
  expect(fake.creations[1]?.request.big).toBe(true);
  fake.creations[1]?.fail(new AppError('TOO_BIG', 'again'));
  await until(now => formOf(now)?.failure?.text === 'again');
  press('tab', "'/other'");
  expect(form()?.big).toBe(false);
});

test('enter with a problem goes to its field instead', async () => {
  const {press, until, fake} = await openForm();
  // The shell leaves no choice of a mode: that field is passed over.
  press('tab', 'tab', 'tab', 'tab', 'tab', 'tab', 'tab', "'lots'", 'enter');
  const now = await until(state => formOf(state)?.problems.memory !== undefined && formOf(state)?.focus === 'memory');
  expect(formOf(now)?.problems.memory).toBe('Write it like 2g or 512m');
  expect(fake.creations).toEqual([]);
});

test('steps show as they come, and the new session is selected', async () => {
  const {press, until, fake} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  fake.creations[0]?.progress({step: 'making the \x1b[31mcontainer', index: 2, total: 5});
  await until(now => now.creation?.step === 'making the container' && now.creation.index === 2);
  const made = fake.creations[0]?.finish();
  const now = await until(state => state.creation === undefined && state.overlay.kind === 'none');
  expect(now.selected).toBe(made?.id);
});

test('esc cancels a creation and says that nothing is left over', async () => {
  const {press, until} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  press('esc');
  const now = await until(state => state.creation === undefined && state.notices.length > 0);
  expect(now.notices[0]).toMatchObject({text: 'brave-otter was not created', hint: 'Nothing is left over.'});
});

test('a creation can go on behind the list; n shows it again and q waits for it', async () => {
  const {press, until, state, said, fake} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  press('enter', 'q');
  expect(state().overlay.kind).toBe('none');
  expect(said()[0]).toMatch('A session is being created');
  press('n');
  expect(state().overlay.kind).toBe('creating');
  fake.creations[0]?.finish();
  await until(now => now.creation === undefined);
});

test('a creation that fails comes back with the form as it was filled in', async () => {
  const {press, until, fake} = await openForm();
  press("'mine'", 'enter');
  await until(now => now.overlay.kind === 'creating');
  fake.creations[0]?.fail(new AppError('IMAGE_MISSING', 'There is no image "base"'));
  const now = await until(state => formOf(state)?.failure !== undefined);
  expect(formOf(now)?.fields.name.text).toBe('mine');
  expect(formOf(now)?.failure?.text).toBe('There is no image "base"');
});

test('leaving cancels a creation under way', async () => {
  const {press, until, dashboard, fake} = await openForm();
  press('enter');
  await until(now => now.overlay.kind === 'creating');
  press('ctrl-c');
  await dashboard.left;
  await dashboard.close();
  expect(fake.calls.filter(call => call.startsWith('create'))).toHaveLength(1);
});

test('a second enter creates once', async () => {
  const {press, until, fake} = await openForm();
  press('enter', 'enter', 'enter');
  await until(now => now.overlay.kind === 'creating');
  expect(fake.creations).toHaveLength(1);
});

test('esc closes the form and a late check does not bring it back', async () => {
  const {press, until, fake} = await openForm();
  press("'x'", 'enter', 'esc');
  fake.add(sampleSession());
  const now = await until(state => state.sessions?.length === 1);
  expect([now.overlay.kind, fake.creations.length]).toEqual(['none', 0]);
});
