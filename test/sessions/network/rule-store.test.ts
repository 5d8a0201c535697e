import {expect, test} from 'vitest';
import {openStore} from '../../../src/sessions/store.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {sampleRecord} from '../../support/sample-record.ts';

const session = {scope: 'session', subject: 'one'} as const;
const repo = {scope: 'repo', subject: '/src/shop'} as const;
const rule = (over = {}) => ({...session, host: 'a.example', decision: 'allow' as const, at: 1, ...over});

test('rules come back from the disk in the order in which they were given', () => {
  const directory = temporaryDirectory();
  const first = openStore(directory);
  first.rules.put(rule({at: 2}));
  first.rules.put(rule({host: 'b.example', decision: 'block', at: 1}));
  first.rules.put(rule({...repo, at: 3}));
  first.rules.see('one', 7);
  first.close();
  const {rules, close} = openStore(directory);
  expect(rules.of(session).map(({host, decision}) => [host, decision])).toEqual([
    ['b.example', 'block'],
    ['a.example', 'allow'],
  ]);
  expect(rules.of(repo)).toEqual([rule({...repo, at: 3})]);
  expect([rules.seenAt('one'), rules.seenAt('two')]).toEqual([7, 0]);
  close();
});

test('a host has one rule in a place; the last word is the one that counts', () => {
  const {rules, close} = openStore(undefined);
  rules.put(rule());
  rules.put(rule({decision: 'block', at: 2}));
  expect(rules.of(session)).toEqual([rule({decision: 'block', at: 2})]);
  rules.put(rule({...repo, at: 3}), [session]);
  expect([rules.of(session), rules.of(repo)]).toEqual([[], [rule({...repo, at: 3})]]);
  rules.drop([session, repo], 'a.example');
  expect(rules.of(repo)).toEqual([]);
  close();
});

test('with a session its rules and what was seen of it go, on the disk, too', () => {
  const directory = temporaryDirectory();
  const first = openStore(directory);
  first.insert(sampleRecord({id: 'one'}));
  first.rules.put(rule());
  first.rules.put(rule(repo));
  first.rules.see('one', 7);
  first.remove('one');
  expect([first.rules.of(session), first.rules.seenAt('one')]).toEqual([[], 0]);
  first.close();
  const {rules, close} = openStore(directory);
  expect([rules.of(session), rules.of(repo).length, rules.seenAt('one')]).toEqual([[], 1, 0]);
  close();
});
