import {expect, test} from 'vitest';
import {createDetector} from '../../src/agents/status/detector.ts';
import {createProgramStatuses} from '../../src/agents/status/program-status.ts';
import {noRules} from '../../src/agents/status/rules.ts';
import {manualClock} from '../support/manual-clock.ts';

const plain = (text: string) => text;
const open = () => {
  const clock = manualClock();
  const seen: string[] = [];
  const detector = createDetector({
    clock,
    rules: noRules,
    look: () => ({rows: [], drawing: false, colours: () => []}),
    clean: plain,
    onChange: () => seen.push(detector.verdict.status),
  });
  return {clock, seen, detector};
};

test('a terminal that prints works; one that falls silent is unknown, never waiting', () => {
  const {clock, seen, detector} = open();
  detector.output();
  clock.pass(2900);
  detector.output();
  clock.pass(2900);
  expect(seen).toEqual(['working']);
  clock.pass(200);
  expect(seen).toEqual(['working', 'unknown']);
  expect(detector.verdict.source).toBe('activity');
  expect(clock.pending).toBe(0);
});

test('what the agent says of itself wins over what it prints, and says why', () => {
  const {detector} = open();
  detector.output();
  detector.osc7501(`state=blocked;kind=permission;msg=${Buffer.from('rm -rf build').toString('base64')}`);
  detector.output();
  expect(detector.verdict).toMatchObject({
    ...{status: 'waiting', source: 'osc7501', rule: 'OSC 7501 state=blocked kind=permission', detail: 'rm -rf build'},
  });
});

test('nothing in the terminal overrides the end of its container; a new run begins from nothing', () => {
  const {detector} = open();
  detector.container('exited', 137);
  detector.osc7501('state=working');
  detector.output();
  expect(detector.verdict).toMatchObject({
    status: 'exited',
    source: 'container',
    rule: 'the container ended with code 137',
  });
  detector.container('running');
  expect(detector.verdict.status).toBe('starting');
});

test('age counts from the first moment of a status, not from its last repetition', () => {
  const {clock, detector} = open();
  detector.osc7501('state=working');
  const since = detector.verdict.since;
  clock.pass(5000);
  detector.osc7501('state=working');
  expect(detector.verdict.since).toBe(since);
});

test('of several programs in one terminal the one that needs a person is told, until it is cleared', () => {
  const programs = createProgramStatuses(plain);
  programs.feed('state=working;id=a');
  programs.feed('state=blocked;id=b;kind=question');
  expect(programs.current()?.status).toBe('waiting');
  programs.feed('state=clear;id=b');
  expect(programs.current()?.status).toBe('working');
});

test.each([
  '',
  'state=',
  'state=__proto__',
  'state=constructor',
  'nonsense',
  'state=blocked2',
  '=;=;=',
])('a record that says nothing valid is dropped: %s', payload => {
  const programs = createProgramStatuses(plain);
  expect(programs.feed(payload)).toBe(false);
  expect(programs.current()).toBeUndefined();
});

test('a program that names ids without end fills a bounded list', () => {
  const programs = createProgramStatuses(plain);
  const kept = Array.from({length: 2000}, (_, id) => programs.feed(`state=working;id=${id}`)).filter(Boolean);
  expect(kept).toHaveLength(256);
});

test('a picture that is drawn late does not undo the event that came before it; one that stays does', () => {
  const clock = manualClock();
  const seen: string[] = [];
  let rows = ['busy'];
  const detector = createDetector({
    clock,
    rules: {
      screen: [
        {id: 'spinner', status: 'working', all: [/^busy$/m]},
        {id: 'input box', status: 'ready', all: [/^box$/m]},
      ],
      titles: [],
      hooks: [
        {event: 'begin', status: 'thinking'},
        {event: 'end', status: 'ready'},
      ],
    },
    look: () => ({rows, drawing: false, colours: () => []}),
    clean: plain,
    onChange: () => seen.push(detector.verdict.status),
  });
  const draws = (row: string) => {
    rows = [row];
    detector.output();
    detector.screenChanged();
  };
  draws('busy');
  clock.pass(500);
  detector.hook(JSON.stringify({event: 'end'}));
  draws('box');
  clock.pass(240);
  detector.hook(JSON.stringify({event: 'begin'}));
  seen.length = 0;
  clock.pass(120);
  draws('busy');
  clock.pass(1000);
  expect(new Set(seen)).not.toContain('ready');
  expect(detector.verdict.status).toBe('working');

  // Esc, of which no event tells, soon after one.
  detector.hook(JSON.stringify({event: 'begin'}));
  clock.pass(50);
  draws('box');
  clock.pass(350);
  expect(detector.verdict).toMatchObject({status: 'ready', source: 'screen'});
});
