import {expect, test} from 'vitest';
import {createDetector} from '../../../src/agents/status/detector.ts';
import type {StatusRules} from '../../../src/agents/status/rules.ts';
import {manualClock} from '../../support/manual-clock.ts';

const rules: StatusRules = {
  screen: [{id: 'input box', status: 'ready', all: [/^box$/m]}],
  titles: [],
  hooks: [
    {event: 'begin', status: 'ready'},
    {event: 'asked', status: 'thinking'},
  ],
};

const open = () => {
  const clock = manualClock();
  let rows: readonly string[] = [];
  const look = () => ({rows, drawing: false, colours: () => []});
  const detector = createDetector({clock, rules, look, clean: text => text, onChange: () => {}});
  detector.container('running');
  detector.output();
  return {
    clock,
    detector,
    draw(...drawn: readonly string[]) {
      rows = drawn;
      detector.output();
      detector.screenChanged();
      clock.pass(200);
    },
  };
};
const event = (name: string) => JSON.stringify({event: name});

test('an agent that tells that it has begun is not ready before it has drawn where a prompt goes', () => {
  const {clock, detector, draw} = open();
  detector.hook(event('begin'));
  clock.pass(10_000);
  expect(detector.verdict.status).toBe('starting');
  draw('box');
  expect(detector.verdict).toMatchObject({status: 'ready', source: 'hook'});
});

test('one whose pictures nobody knows is believed in the end', () => {
  const {clock, detector, draw} = open();
  detector.hook(event('begin'));
  draw('something new');
  expect(detector.verdict.status).toBe('starting');
  clock.pass(31_000);
  expect(detector.verdict).toMatchObject({status: 'ready', source: 'hook'});
});

test('what it is at needs no picture', () => {
  const {detector} = open();
  detector.hook(event('asked'));
  expect(detector.verdict).toMatchObject({status: 'thinking', source: 'hook'});
});
