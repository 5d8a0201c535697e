import {expect, test} from 'vitest';
import {createResizes} from '../../../src/providers/podman/resize.ts';
import type {EnvironmentId} from '../../../src/providers/provider.ts';
import {manualClock} from '../../support/manual-clock.ts';

/** An engine that takes each size only when it is told to. */
function slowEngine() {
  const asked: {width: string; answer: () => void}[] = [];
  const turn = () => new Promise(resolve => setImmediate(resolve));
  return {
    widths: () => asked.map(({width}) => width),
    ask: (_method: string, path: string) =>
      new Promise<{status: number; body: undefined; headers: object}>(resolve => {
        asked.push({
          width: /w=(\d+)/.exec(path)?.[1] ?? '',
          answer: () => resolve({status: 200, body: undefined, headers: {}}),
        });
      }),
    async answer(index: number) {
      asked[index]?.answer();
      await turn();
    },
    turn,
  };
}

const wide = {columns: 100, rows: 30};
const small = {columns: 80, rows: 24};
const scene = () => {
  const engine = slowEngine();
  const clock = manualClock();
  return {engine, clock, resizes: createResizes(engine, clock, 'one' as unknown as EnvironmentId)};
};

test('the last size is said once more, and nothing after it', async () => {
  const {engine, clock, resizes} = scene();
  void resizes.tell(wide);
  await engine.turn();
  await engine.answer(0);
  clock.pass(1000);
  await engine.turn();
  await engine.answer(1);
  clock.pass(10_000);
  await engine.turn();
  expect(engine.widths()).toEqual(['100', '100']);
});

test('a size waits for the repetition of the one before that is on its way: it could arrive behind it', async () => {
  const {engine, clock, resizes} = scene();
  void resizes.tell(wide);
  await engine.turn();
  await engine.answer(0);
  clock.pass(1000);
  let ready = false;
  void resizes.tell(small, () => {
    ready = true;
  });
  await engine.turn();
  expect([engine.widths(), ready]).toEqual([['100', '100'], false]);
  await engine.answer(1);
  expect([engine.widths(), ready]).toEqual([['100', '100', '80'], true]);
});

test('sizes in a row are told in their order, and only the last is repeated', async () => {
  const {engine, clock, resizes} = scene();
  void resizes.tell(wide);
  void resizes.tell(small);
  await engine.turn();
  await engine.answer(0);
  await engine.answer(1);
  clock.pass(1000);
  await engine.turn();
  expect(engine.widths()).toEqual(['100', '80', '80']);
});

test('nothing is repeated for who has left', async () => {
  const {engine, clock, resizes} = scene();
  void resizes.tell(wide);
  await engine.turn();
  resizes.stop();
  await engine.answer(0);
  clock.pass(1000);
  await engine.turn();
  expect(engine.widths()).toEqual(['100']);
});
