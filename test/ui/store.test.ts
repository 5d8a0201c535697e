import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {createDashboardStore} from '../../src/ui/store.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleSession, sampleStatus} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';
import {stateWith} from '../support/ui-state.ts';

/** When everything that needed no time has been done. */
const settled = () => new Promise(resolve => setImmediate(resolve));

const opened = () => {
  const clock = manualClock();
  const store = createDashboardStore(stateWith([]), clock);
  const drawn: number[] = [];
  store.drawn.subscribe(state => drawn.push(state.scroll));
  const scroll = (by: number) => (state: ReturnType<typeof stateWith>) => ({...state, scroll: state.scroll + by});
  return {clock, store, drawn, scroll};
};

test('a thousand changes in a second are at most 31 drawings, and the last one is drawn', () => {
  const {clock, store, drawn, scroll} = opened();
  for (let ms = 0; ms < 1000; ms++) {
    store.soon(scroll(1));
    clock.pass(1);
  }
  clock.pass(100);
  expect(drawn.length).toBeLessThanOrEqual(31);
  expect(drawn.at(-1)).toBe(1000);
});

test('where drawing is slow, what happens meanwhile is drawn less often, and keys still at once', () => {
  const {clock, store, drawn, scroll} = opened();
  store.drawn.subscribe(() => clock.pass(20));
  const end = clock.now() + 1000;
  while (clock.now() < end) {
    store.soon(scroll(1));
    clock.pass(1);
  }
  expect(drawn.length).toBeGreaterThan(5);
  expect(drawn.length).toBeLessThanOrEqual(11);
  const before = drawn.length;
  store.now(scroll(1));
  expect(drawn.length).toBe(before + 1);
});

test('what a person does is drawn at once, with whatever was waiting', () => {
  const {store, drawn, scroll} = opened();
  store.soon(scroll(1));
  store.now(scroll(10));
  expect(drawn).toEqual([11]);
});

test('several keys together are one drawing', () => {
  const {store, drawn, scroll} = opened();
  store.together(() => {
    store.now(scroll(1));
    store.now(scroll(1));
    expect(store.current().scroll).toBe(2);
  });
  expect(drawn).toEqual([2]);
});

test('while held nothing is drawn; afterwards the newest state is, once', () => {
  const {clock, store, drawn, scroll} = opened();
  const release = store.hold();
  store.now(scroll(1));
  store.soon(scroll(1));
  clock.pass(1000);
  expect(drawn).toEqual([]);
  release();
  release();
  expect(drawn).toEqual([2]);
});

test('a change that changes nothing draws nothing', () => {
  const {clock, store, drawn} = opened();
  store.soon(state => state);
  clock.pass(1000);
  expect([drawn, clock.pending]).toEqual([[], 0]);
});

test('time is drawn only where an age on the screen changes', async () => {
  const clock = manualClock();
  const old = clock.now() - 3_600_000;
  const status = sampleStatus('ready', {since: old});
  const {dashboard, state} = openDashboard([sampleSession({createdAt: old, phaseSince: old, status})], {clock});
  await settled();
  clock.pass(1000);
  expect(state().sessions).toHaveLength(1);
  await settled();
  clock.pass(1000);
  let drawings = 0;
  dashboard.drawn.subscribe(() => drawings++);
  clock.pass(60_000);
  expect(drawings).toBe(0);
  clock.pass(3_600_000);
  expect(drawings).toBe(1);
});

test('notices leave by themselves, errors later', async () => {
  const clock = manualClock();
  const {press, said, fake} = openDashboard([sampleSession()], {clock});
  await settled();
  clock.pass(100);
  press('w');
  expect(said()).toEqual(['No session waits for you, and none has news']);
  fake.failWith('stop', new AppError('ENGINE_REFUSED', 'Podman refused'));
  press('x');
  await settled();
  expect(said()).toEqual(['No session waits for you, and none has news', 'Podman refused']);
  clock.pass(6000);
  expect(said()).toEqual(['Podman refused']);
  clock.pass(30_000);
  expect(said()).toEqual([]);
});
