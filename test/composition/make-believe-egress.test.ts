import {expect, test} from 'vitest';
import {makeBelieveEgress, visitsOf} from '../../src/composition/make-believe/egress.ts';
import type {EgressPolicy} from '../../src/egress/egress.ts';
import {manualClock} from '../support/manual-clock.ts';

const policy = (...hosts: readonly string[]): EgressPolicy => ({
  ...{token: '', routes: []},
  rules: hosts.map(host => ({host, decision: 'allow', from: 'session'})),
});
const open = () => {
  const clock = manualClock();
  const egress = makeBelieveEgress(clock, () => [{host: 'a.example', firstMs: 1000, everyMs: 5000}]);
  const told: string[] = [];
  egress.onChange(id => told.push(id));
  const now = () => egress.state('one').attempts.map(({outcome, count}) => `${outcome} ${count}`);
  return {clock, egress, told, now};
};

test('what is asked for comes by and by, and is judged by the rules of then', async () => {
  const {clock, egress, told, now} = open();
  await egress.serve('one', '', policy());
  clock.pass(999);
  expect(now()).toEqual([]);
  clock.pass(1);
  expect(now()).toEqual(['denied 1']);
  await egress.serve('one', '', policy('.example'));
  expect(now()).toEqual(['denied 1']);
  clock.pass(5000);
  expect(now()).toEqual(['allowed 2']);
  expect(told).toEqual(['one', 'one']);
});

test('once is once, and the end is the end', async () => {
  const {clock, egress, told, now} = open();
  await egress.serve('one', '', policy());
  await egress.once('one', 'a.example');
  clock.pass(6000);
  expect(now()).toEqual(['denied 2']);
  expect(told).toHaveLength(2);
  await egress.end('one');
  clock.pass(60_000);
  expect([now(), told.length, clock.pending]).toEqual([[], 2, 0]);
});

test('nobody visits anything who is not of the make-believe world', () => {
  expect(visitsOf('toString')).toEqual([]);
  expect(visitsOf('token-refresh').length).toBeGreaterThan(2);
});
