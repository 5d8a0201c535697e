import {expect, test} from 'vitest';
import {idleMs, watchIdle} from '../../src/daemon/idle.ts';
import {manualClock} from '../support/manual-clock.ts';

function scene(isIdle: boolean) {
  const clock = manualClock();
  const state = {isIdle, expired: 0};
  const idle = watchIdle({
    clock,
    ms: 600_000,
    isIdle: () => state.isIdle,
    onExpired() {
      state.expired += 1;
    },
  });
  const become = (isIdle: boolean) => {
    state.isIdle = isIdle;
    idle.changed();
  };
  return {clock, state, idle, become};
}

test('one that nobody ever came to ends after its time, once', () => {
  const {clock, state} = scene(true);
  clock.pass(599_999);
  expect(state.expired).toBe(0);
  clock.pass(1);
  clock.pass(6_000_000);
  expect(state.expired).toBe(1);
});

test('the time begins anew with the last who leaves', () => {
  const {clock, state, become} = scene(true);
  clock.pass(500_000);
  become(false);
  clock.pass(5_000_000);
  expect([state.expired, clock.pending]).toEqual([0, 0]);
  become(true);
  become(true);
  clock.pass(599_999);
  expect(state.expired).toBe(0);
  clock.pass(1);
  expect(state.expired).toBe(1);
});

test('work that nobody told of is seen all the same', () => {
  const {clock, state} = scene(true);
  state.isIdle = false;
  clock.pass(600_000);
  expect(state.expired).toBe(0);
});

test('one that is closed never ends', () => {
  const {clock, state, idle, become} = scene(true);
  idle.close();
  become(true);
  clock.pass(6_000_000);
  expect([state.expired, clock.pending]).toEqual([0, 0]);
});

test.each([
  [undefined, 600_000],
  ['', 600_000],
  ['0.5', 500],
  ['30', 30_000],
  ['0', 600_000],
  ['soon', 600_000],
])('TRAILS_IDLE_EXIT=%s is %i ms', (text, ms) => {
  expect(idleMs({TRAILS_IDLE_EXIT: text})).toBe(ms);
});
