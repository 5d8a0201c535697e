import {expect, test} from 'vitest';
import {createDetector} from '../../../src/agents/status/detector.ts';
import {createProgramStatuses} from '../../../src/agents/status/program-status.ts';
import {noRules, type StatusRules} from '../../../src/agents/status/rules.ts';
import {manualClock} from '../../support/manual-clock.ts';

const plain = (text: string) => text;
const open = () => {
  const clock = manualClock();
  const seen: string[] = [];
  const detector = createDetector({
    clock,
    rules: noRules,
    look: () => ({rows: [], drawing: false, colour: () => '-'}),
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

const dialogRules: StatusRules = {
  screen: [
    {id: 'trust dialog', status: 'waiting', kind: 'trust', always: true, all: [/^trust me\?$/m]},
    {id: 'dialog', status: 'waiting', kind: 'permission', all: [/^may I\?$/m], detail: /^may I\?\n([^\n]+)/m},
    {id: 'retry', status: 'working', kind: 'retry', always: true, all: [/^again in/m], detail: /^(500)$/m},
    {id: 'spinner alone', status: 'thinking', all: [/^\*$/m]},
    {id: 'spinner', status: 'working', all: [/^\* /m]},
    {id: 'failed', status: 'error', all: [/^failed$/m]},
    {id: 'box', status: 'ready', all: [/^>/m]},
  ],
  titles: [
    {id: 'busy', status: 'working', title: /^\*/},
    {id: 'asks', status: 'waiting', title: /^!/},
    {id: 'done', status: 'ready', title: /^-/, weak: true},
  ],
  hooks: [
    {event: 'Start', status: 'ready', begins: 'always'},
    {event: 'Prompt', status: 'thinking', begins: 'idle'},
    {event: 'Tool', status: 'working'},
    {event: 'Ask', tool: 'question', status: 'waiting', kind: 'question'},
    {event: 'Ask', status: 'waiting', kind: 'permission'},
    {event: 'State', of: 'busy', status: 'working', begins: 'idle'},
    {event: 'State', of: 'idle', status: 'ready', unless: 'error'},
    {event: 'Fail', status: 'error'},
    {event: 'Known'},
  ],
};

function openAgent(rules: StatusRules = dialogRules) {
  const clock = manualClock();
  const seen: string[] = [];
  let rows: readonly string[] = [];
  let drawing = false;
  let looks = 0;
  const detector = createDetector({
    ...{clock, rules, clean: plain},
    look: () => {
      looks += 1;
      return {rows, drawing, colour: () => '-'};
    },
    onChange: () => seen.push(`${detector.verdict.status} ${detector.verdict.source}`),
  });
  const draw = (...next: readonly string[]) => {
    rows = next;
    detector.output();
    detector.screenChanged();
  };
  return {
    ...{clock, seen, detector, draw},
    /** Draws, and lets it settle. */
    show(...next: readonly string[]) {
      draw(...next);
      clock.pass(150);
    },
    draws: (is: boolean) => {
      drawing = is;
    },
    looks: () => looks,
    event: (event: string, more: object = {}) => detector.hook(JSON.stringify({event, ...more})),
    is: () => `${detector.verdict.status} ${detector.verdict.kind} ${detector.verdict.source}`,
  };
}

test('a picture counts when it has settled, and soon although it never does', () => {
  const {clock, draw, is, looks} = openAgent();
  draw('> ');
  clock.pass(49);
  expect(looks()).toBe(0);
  clock.pass(1);
  expect(is()).toBe('ready  screen');
  for (let frame = 0; frame < 100; frame++) {
    draw('* x', String(frame));
    clock.pass(10);
  }
  expect(is()).toBe('working  screen');
  // At most eight times a second.
  expect(looks()).toBeLessThanOrEqual(1 + 8);
  expect(looks()).toBeGreaterThan(4);
});

test('half a picture is not judged, unless it stays one', () => {
  const {clock, show, draws, is} = openAgent();
  show('> ');
  draws(true);
  show('may I?');
  clock.pass(800);
  expect(is()).toBe('ready  screen');
  clock.pass(400);
  expect(is()).toBe('waiting permission screen');
});

test('a screen that does not change is not looked at', () => {
  const {clock, show, looks} = openAgent();
  show('> ');
  clock.pass(60_000);
  expect(looks()).toBe(1);
});

test('a verdict tells its rule, and what it waits for in its own words', () => {
  const {show, detector} = openAgent();
  show('may I?', 'rm -rf build');
  expect(detector.verdict).toMatchObject({rule: 'on the screen: dialog', detail: 'rm -rf build', kind: 'permission'});
});

test('an agent that has begun and shows nothing known is starting, for half a minute', () => {
  const {clock, show, is} = openAgent();
  show('loading');
  expect(is()).toBe('starting  activity');
  clock.pass(20_000);
  expect(is()).toBe('starting  activity');
  clock.pass(15_000);
  expect(is()).toBe('unknown  activity');
});

test('a picture that no rule knows leaves what was seen before, for a while', () => {
  const {clock, show, is} = openAgent();
  show('> ');
  show('a menu');
  clock.pass(3000);
  expect(is()).toBe('ready  screen');
  clock.pass(5000);
  expect(is()).toBe('unknown  activity');
});

test('it has ended when its end stays on the screen: the error may come a moment later', () => {
  const {clock, show, is, seen} = openAgent();
  show('* x');
  show('> ');
  expect(is()).toBe('working  screen');
  show('failed');
  clock.pass(250);
  expect(is()).toBe('error  screen');
  expect(seen).not.toContain('ready screen');
});

test.each([
  ['trust me?', 'waiting trust screen'],
  ['again in 3 s', 'working retry screen'],
])('what no event tells of holds over events: %s', (row, expected) => {
  const {show, event, is} = openAgent();
  show(row);
  event('Start');
  expect(is()).toBe(expected);
  event('Ask');
  expect(is()).toBe(expected);
});

test('an agent that says it is idle behind its trust dialog waits; one that says it works does', () => {
  const {show, detector, is} = openAgent();
  show('trust me?');
  detector.osc7501('state=idle');
  expect(is()).toBe('waiting trust screen');
  detector.osc7501('state=blocked;kind=question');
  expect(is()).toBe('waiting question osc7501');
});

test('what it says of itself is told in more detail by its screen: thinking, and what it tries again', () => {
  const {show, detector, is} = openAgent();
  detector.osc7501('state=working');
  expect(is()).toBe('working  osc7501');
  show('*');
  expect(is()).toBe('thinking  osc7501');
  expect(detector.verdict.rule).toBe('OSC 7501 state=working; on the screen: spinner alone');
  show('again in 3 s', '500');
  expect(detector.verdict).toMatchObject({status: 'working', kind: 'retry', source: 'osc7501', detail: '500'});
});

test('idle by its own word is no error, whatever its screen still shows; an error by its own word stays one', () => {
  const {show, detector, is} = openAgent();
  show('failed');
  detector.osc7501('state=idle');
  expect(is()).toBe('ready  osc7501');
  detector.osc7501('state=error');
  show('> ');
  expect(is()).toBe('error  osc7501');
});

test('a blip of work at the start is not told; work that lasts is, and so is what comes after it at once', () => {
  const {clock, detector, seen} = openAgent();
  detector.osc7501('state=idle');
  detector.osc7501('state=working');
  clock.pass(300);
  detector.osc7501('state=idle');
  clock.pass(2000);
  expect(seen).toEqual(['ready osc7501']);
  detector.osc7501('state=working');
  clock.pass(950);
  expect(seen.at(-1)).toBe('working osc7501');
  detector.osc7501('state=idle');
  detector.osc7501('state=working');
  expect(seen.at(-1)).toBe('working osc7501');
});

test('work that the screen shows, too, is no blip', () => {
  const {show, detector, is} = openAgent();
  detector.osc7501('state=idle');
  show('* x');
  detector.osc7501('state=working');
  expect(is()).toBe('working  osc7501');
});

test('a reset of the terminal voids what programs said', () => {
  const {detector, is} = openAgent();
  detector.osc7501('state=blocked;kind=permission');
  detector.reset();
  expect(is()).toBe('starting  none');
});

test('events win over pictures that are older, and lose to newer ones', () => {
  const {clock, show, event, is} = openAgent();
  show('> ');
  clock.pass(1000);
  event('Prompt');
  expect(is()).toBe('thinking  hook');
  show('* x');
  expect(is()).toBe('working  hook');
  event('Ask');
  expect(is()).toBe('waiting permission hook');
  // Granted: no event tells of it, the screen does.
  show('may I?');
  show('* x');
  expect(is()).toBe('working  screen');
});

test('an interrupt has no event: the screen tells, and the event before it does not come back', () => {
  const {clock, show, event, is} = openAgent();
  event('Prompt');
  show('*');
  show('> ');
  clock.pass(750);
  expect(is()).toBe('ready  screen');
  show('nothing known');
  clock.pass(60_000);
  expect(is()).toBe('unknown  activity');
});

test('an event that the screen does not bear out is believed for a moment', () => {
  const {clock, show, event, is} = openAgent();
  show('> ');
  event('Tool');
  clock.pass(1400);
  expect(is()).toBe('working  hook');
  clock.pass(200);
  expect(is()).toBe('ready  screen');
});

test('a title that works clears an event that waits', () => {
  const {detector, event, is} = openAgent();
  event('Ask');
  expect(is()).toBe('waiting permission hook');
  detector.title('* busy');
  expect(is()).toBe('working  title');
});

test('without pictures to go by, output clears an event that waits, but not the drawing of its dialog', () => {
  const {clock, event, detector, is} = openAgent({...dialogRules, screen: []});
  event('Ask');
  detector.output();
  expect(is()).toBe('waiting permission hook');
  clock.pass(1500);
  detector.output();
  expect(is()).toBe('working  activity');
});

test('work that only an event told of goes stale', () => {
  const {clock, event, is} = openAgent({...dialogRules, screen: []});
  event('Tool');
  clock.pass(100_000);
  expect(is()).toBe('working  hook');
  clock.pass(30_000);
  expect(is()).not.toBe('working  hook');
});

test('a title can lie: Ready counts only where the screen tells nothing', () => {
  const {show, detector, is} = openAgent();
  detector.title('- Ready');
  expect(is()).toBe('ready  title');
  show('trust me?');
  expect(is()).toBe('waiting trust screen');
  show('failed');
  expect(is()).toBe('error  screen');
});

test('a title that works is believed over an input box for as long as the agent prints', () => {
  const {clock, show, detector, is} = openAgent();
  detector.title('* busy');
  for (let time = 0; time < 5; time++) {
    show('> ', String(time));
    clock.pass(1000);
  }
  expect(is()).toBe('working  title');
  clock.pass(3500);
  expect(is()).toBe('ready  screen');
});

test('the kind of a wait comes from the screen where a title tells none', () => {
  const {show, detector, is} = openAgent();
  detector.title('! asks');
  show('may I?', 'ls');
  expect(is()).toBe('waiting permission title');
  expect(detector.verdict.detail).toBe('ls');
});

test('age is that of the status, whoever tells it', () => {
  const {clock, show, detector} = openAgent();
  show('* x');
  const {since} = detector.verdict;
  clock.pass(2000);
  detector.title('* busy');
  expect(detector.verdict).toMatchObject({source: 'title', since});
  show('*');
  expect(detector.verdict.status).toBe('thinking');
  expect(detector.verdict.since).toBeGreaterThan(since);
});

test('a new run begins from nothing: pictures, titles, events and records of the one before are void', () => {
  const {clock, show, event, detector, is} = openAgent();
  detector.title('* busy');
  detector.osc7501('state=working');
  event('Prompt', {session: 'one'});
  show('* x');
  detector.container('exited', 0);
  detector.container('running');
  expect(is()).toBe('starting  none');
  expect(detector.conversation).toBe('');
  clock.pass(200_000);
  expect(is()).toBe('starting  none');
});

test('what is let go of does nothing more', () => {
  const {clock, draw, detector, event, looks} = openAgent();
  draw('> ');
  event('Tool');
  detector.osc7501('state=idle');
  detector.osc7501('state=working');
  detector.dispose();
  clock.pass(300_000);
  expect(looks()).toBe(0);
  expect(clock.pending).toBe(0);
});
