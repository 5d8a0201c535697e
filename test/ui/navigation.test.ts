import {expect, test} from 'vitest';
import {selectedSession} from '../../src/ui/in-view.ts';
import {frameOf} from '../support/fake-port.ts';
import {sampleSession, sampleStatus, sevenSessions, sixtySessions} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';

const narrow = {columns: 80, rows: 24};

test('the first frame does not wait for the port', () => {
  const {state} = openDashboard(sevenSessions());
  expect(state().sessions).toBeUndefined();
});

test('who waits for you comes first and is selected', async () => {
  const {listed, state} = openDashboard(sevenSessions());
  await listed();
  expect(selectedSession(state())?.name).toBe('checkout-flow');
});

test('fast typing in one event moves as many rows as keys', async () => {
  const {listed, press, state} = openDashboard(sixtySessions());
  await listed();
  press("'jjjk'");
  expect(state().selected).toBe('id-20');
  press('G');
  press('g');
  expect(state().selected).toBe('id-04');
});

test('the digits go to the numbered rows, and nowhere when there is no such row', async () => {
  const {listed, press, state} = openDashboard(sevenSessions());
  await listed();
  press('3');
  expect(selectedSession(state())?.name).toBe('api');
  press('9');
  expect(selectedSession(state())?.name).toBe('api');
});

test('w goes from one waiting session to the next and around', async () => {
  const {listed, press, state} = openDashboard([
    sampleSession({name: 'a', status: sampleStatus('waiting')}),
    sampleSession({name: 'b', status: sampleStatus('working')}),
    sampleSession({name: 'c', status: sampleStatus('waiting')}),
  ]);
  await listed();
  press('w');
  expect(selectedSession(state())?.name).toBe('c');
  press('w');
  expect(selectedSession(state())?.name).toBe('a');
});

test('w says so when no session waits', async () => {
  const {listed, press, said} = openDashboard([sampleSession()]);
  await listed();
  press('w');
  expect(said()).toEqual(['No session waits for you, and none has news']);
});

test('the selection stays with its session when the order changes', async () => {
  const {listed, press, state, fake, until} = openDashboard([
    sampleSession({name: 'a', createdAt: 1}),
    sampleSession({name: 'b', createdAt: 2}),
  ]);
  await listed();
  press('j');
  fake.change('b', {status: sampleStatus('waiting')});
  await until(now => now.sessions?.some(({status}) => status.status === 'waiting') === true);
  expect(selectedSession(state())?.name).toBe('b');
});

test('when the selected session goes, the one in its row is selected', async () => {
  const {listed, press, state, fake, until} = openDashboard([
    sampleSession({name: 'a', createdAt: 1}),
    sampleSession({name: 'b', createdAt: 2}),
    sampleSession({name: 'c', createdAt: 3}),
  ]);
  await listed();
  press('j');
  fake.drop('b');
  await until(now => now.sessions?.length === 2);
  expect(selectedSession(state())?.name).toBe('c');
});

test('the filter is live, keeps with enter and clears with esc', async () => {
  const {listed, press, state} = openDashboard(sevenSessions());
  await listed();
  press('/', "'dcs'");
  expect(selectedSession(state())?.name).toBe('docs');
  expect(state().overlay.kind).toBe('filter');
  press('enter');
  expect([state().overlay.kind, state().filter.text]).toEqual(['none', 'dcs']);
  press('esc');
  expect(state().filter.text).toBe('');
  press('/', "'xyz'", 'esc');
  expect([state().overlay.kind, state().filter.text]).toEqual(['none', '']);
});

test('keys of the dashboard are letters while the filter is written', async () => {
  const {listed, press, state, fake} = openDashboard(sevenSessions());
  await listed();
  press('/', "'qdx'");
  expect(state().filter.text).toBe('qdx');
  expect(fake.calls.filter(call => call.startsWith('teardown') || call.startsWith('stop'))).toEqual([]);
});

test('tabs turn both ways; l and i give way to the screen when asked again', async () => {
  const {listed, press, state} = openDashboard(sevenSessions());
  await listed();
  press('tab');
  expect(state().tab).toBe('logs');
  press('shift-tab', 'shift-tab');
  expect(state().tab).toBe('info');
  press('i');
  expect(state().tab).toBe('screen');
  press('l');
  expect(state().tab).toBe('logs');
});

test('on a narrow terminal tab opens the pane and esc comes back to the list', async () => {
  const {listed, press, state} = openDashboard(sevenSessions(), {size: narrow});
  await listed();
  press('tab');
  expect([state().paneOpen, state().tab]).toEqual([true, 'screen']);
  press('tab');
  expect(state().tab).toBe('logs');
  press('esc');
  expect(state().paneOpen).toBe(false);
});

test('the selected session is followed: its screen, then its logs, then the next session', async () => {
  const {listed, press, until, fake} = openDashboard(sevenSessions());
  await listed();
  await until(now => now.frames.get('01-checkout-flow')?.lines[0] === 'screen of checkout-flow');
  fake.frames.set('01-checkout-flow', frameOf(['something new']));
  fake.screens.push('01-checkout-flow');
  await until(now => now.frames.get('01-checkout-flow')?.lines[0] === 'something new');
  press('l');
  await until(now => now.logs?.value[0] === 'log of checkout-flow');
  expect(fake.screens.readers.size).toBe(0);
  press('3');
  await until(now => now.logs?.value[0] === 'log of api');
  expect(fake.logs.readers.size).toBe(1);
});

test('a session that is being created is followed once its first setup step has begun', async () => {
  const setup = {commands: ['npm ci', 'npm test'], done: 0, running: false};
  const fresh = sampleSession({name: 'fresh', phase: 'creating', setup});
  const {listed, press, until, fake} = openDashboard([fresh]);
  await listed();
  expect(fake.screens.readers.size).toBe(0);
  fake.change('fresh', {setup: {...setup, running: true}});
  await until(now => now.frames.get('01-fresh')?.lines[0] === 'screen of fresh');
  press('l');
  await until(now => now.logs?.value[0] === 'log of fresh');
});

test('scrolling stops at the oldest row and selecting another session ends it', async () => {
  const {listed, press, state, until} = openDashboard(sevenSessions(), {
    size: {columns: 120, rows: 16},
    prepare: fake => fake.frames.set('01-checkout-flow', frameOf(['one'], {scrollback: 30})),
  });
  await listed();
  await until(now => now.frames.has('01-checkout-flow'));
  press('shift-up', 'shift-up');
  expect(state().scroll).toBe(2);
  press(...Array.from({length: 20}, () => 'pageup'));
  // 30 rows above, 24 on the screen, 10 in the pane.
  expect(state().scroll).toBe(44);
  press('j');
  expect(state().scroll).toBe(0);
});

test('esc undoes one thing at a time: scrolling, notice, filter, marks', async () => {
  const {listed, press, state, until} = openDashboard(sevenSessions(), {
    prepare: fake => fake.frames.set('01-docs', frameOf(['one'], {scrollback: 30})),
  });
  await listed();
  press('/', "'docs'", 'enter', 'space', '9');
  await until(now => now.frames.has('01-docs'));
  press('shift-up');
  const left = () => [state().scroll > 0, state().filter.text !== '', state().marked.size > 0];
  expect(left()).toEqual([true, true, true]);
  press('esc');
  expect(left()).toEqual([false, true, true]);
  press('esc');
  expect(left()).toEqual([false, false, true]);
  press('esc');
  expect(left()).toEqual([false, false, false]);
});

test('q leaves at once', async () => {
  const {listed, press, dashboard} = openDashboard(sevenSessions());
  await listed();
  press('q');
  await dashboard.left;
});
