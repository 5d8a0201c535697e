import {expect, test} from 'vitest';
import {createDetector} from '../../../src/agents/status/detector.ts';
import {manualClock} from '../../support/manual-clock.ts';

const plain = (text: string) => text;

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
    look: () => ({rows, drawing: false, colour: () => '-'}),
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
  clock.pass(450);
  draws('busy');
  clock.pass(1000);
  expect(new Set(seen)).not.toContain('ready');
  expect(detector.verdict.status).toBe('working');

  // Esc, of which no event tells, soon after one.
  detector.hook(JSON.stringify({event: 'begin'}));
  clock.pass(50);
  draws('box');
  clock.pass(750);
  expect(detector.verdict).toMatchObject({status: 'ready', source: 'screen'});
});
