import {expect, test} from 'vitest';
import {betweenMs, createRounds} from '../../../src/providers/dagger/environments/rounds.ts';
import {manualClock} from '../../support/manual-clock.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

function scene() {
  const clock = manualClock();
  const under: PromiseWithResolvers<void>[] = [];
  const failed: unknown[] = [];
  const rounds = createRounds(
    clock,
    () => {
      const one = Promise.withResolvers<void>();
      under.push(one);
      return one.promise;
    },
    error => failed.push(error),
  );
  return {clock, rounds, under, failed};
}

test('they are taken in turn, counted from the end of the one before', async () => {
  const {clock, under} = scene();
  clock.pass(betweenMs - 1);
  expect(under).toHaveLength(0);
  clock.pass(1);
  expect(under).toHaveLength(1);
  clock.pass(10 * betweenMs);
  expect(under).toHaveLength(1);
  under[0]?.resolve();
  await turn();
  clock.pass(betweenMs);
  expect(under).toHaveLength(2);
});

test('who asks while one is under way gets another one, which all who asked meanwhile share', async () => {
  const {rounds, under} = scene();
  const first = rounds.now();
  const second = rounds.now();
  expect(rounds.now()).toBe(second);
  expect(under).toHaveLength(1);
  under[0]?.resolve();
  await first;
  await turn();
  expect(under).toHaveLength(2);
  let over = false;
  void second.then(() => {
    over = true;
  });
  await turn();
  expect(over).toBe(false);
  under[1]?.resolve();
  await second;
});

test('a burst of notices is one checkpoint, at once', async () => {
  const {clock, rounds, under} = scene();
  for (let notice = 0; notice < 5; notice += 1) rounds.soon();
  clock.pass(100);
  expect(under).toHaveLength(1);
});

test('one that fails is told, to who asked or to who watches, and the next one comes', async () => {
  const {clock, rounds, under, failed} = scene();
  const asked = rounds.now();
  under[0]?.reject(new Error('first'));
  await expect(asked).rejects.toThrow('first');
  await turn();
  expect(failed).toEqual([]);
  clock.pass(betweenMs);
  under[1]?.reject(new Error('second'));
  await turn();
  expect(failed).toEqual([new Error('second')]);
  clock.pass(betweenMs);
  expect(under).toHaveLength(3);
});

test('stopped, it waits for the one under way and begins no other', async () => {
  const {clock, rounds, under} = scene();
  void rounds.now();
  void rounds.now();
  let stopped = false;
  const stop = rounds.stop().then(() => {
    stopped = true;
  });
  await turn();
  expect(stopped).toBe(false);
  under[0]?.resolve();
  await stop;
  clock.pass(10 * betweenMs);
  rounds.soon();
  clock.pass(10 * betweenMs);
  expect(under).toHaveLength(1);
});
