import {expect, test} from 'vitest';
import {patienceMs, watchContact} from '../../../src/providers/dagger/environments/contact.ts';
import {manualClock} from '../../support/manual-clock.ts';

function scene() {
  const clock = manualClock();
  let connected = false;
  let contactAt: number | undefined;
  let listener = () => {};
  const told: string[] = [];
  const watch = watchContact(
    {
      get connected() {
        return connected;
      },
      get contactAt() {
        return connected ? clock.now() : contactAt;
      },
      onChange(call) {
        listener = call;
        return () => {
          listener = () => {};
        };
      },
    },
    clock,
    {onLost: () => told.push('lost'), onFound: () => told.push('found')},
  );
  const become = (next: boolean) => {
    if (connected) contactAt = clock.now();
    connected = next;
    listener();
  };
  return {clock, told, watch, become};
}

test('one that never calls is lost after ten seconds, once', () => {
  const {clock, told, watch} = scene();
  clock.pass(patienceMs - 1000);
  expect(told).toEqual([]);
  clock.pass(10 * patienceMs);
  expect(told).toEqual(['lost']);
  expect(watch.lost).toBe(true);
});

test('a break that is shorter is none', () => {
  const {clock, told, become} = scene();
  become(true);
  clock.pass(10 * patienceMs);
  become(false);
  clock.pass(patienceMs - 1000);
  become(true);
  clock.pass(patienceMs - 1000);
  expect(told).toEqual([]);
});

test('who comes back after being lost is found, and can be lost again', () => {
  const {clock, told, become} = scene();
  become(true);
  become(false);
  clock.pass(2 * patienceMs);
  become(true);
  become(false);
  clock.pass(2 * patienceMs);
  expect(told).toEqual(['lost', 'found', 'lost']);
});

test('stopped, it says nothing more', () => {
  const {clock, told, watch} = scene();
  watch.stop();
  clock.pass(10 * patienceMs);
  expect(told).toEqual([]);
  expect(clock.pending).toBe(0);
});
