import {expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {createAttention} from '../../src/ui/attention/attention.ts';
import {callText} from '../../src/ui/attention/calls.ts';
import {createRing, oscNotice} from '../../src/ui/attention/ring.ts';
import {keepTitle, titleOf} from '../../src/ui/attention/title.ts';
import {createDashboardStore} from '../../src/ui/store.ts';
import {manualClock} from '../support/manual-clock.ts';
import {sampleSession, sampleStatus} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const works = (name: string) => sampleSession({name, status: sampleStatus('working')});
const asks = (name: string) => sampleSession({name, status: sampleStatus('waiting', {kind: 'permission'})});
const done = (name: string) => sampleSession({name, unseen: true, status: sampleStatus('ready')});
const failed = (name: string) => sampleSession({name, status: sampleStatus('error')});

function watching(first: readonly SessionView[]) {
  const clock = manualClock();
  const rung: string[] = [];
  const attention = createAttention({clock, ring: text => rung.push(text)});
  attention.look(first, undefined);
  return {
    clock,
    rung,
    attention,
    look(sessions: readonly SessionView[], attached?: string) {
      attention.look(sessions, attached);
      clock.pass(300);
    },
  };
}

test('what was so when the dashboard started does not ring', () => {
  const {look, clock, rung} = watching([asks('a'), done('b'), failed('c')]);
  look([asks('a'), done('b'), failed('c')]);
  clock.pass(60_000);
  expect(rung).toEqual([]);
});

test.each([
  ['waits', asks('api'), 'api waits for permission'],
  ['has come to an end', done('api'), 'api is ready'],
  ['stopped at an error', failed('api'), 'api stopped at an error'],
  ['failed', sampleSession({phase: 'failed', status: sampleStatus('error')}), 'api failed'],
] as const)('a session that %s rings once', (_, session, text) => {
  const {look, clock, rung} = watching([works('api')]);
  look([session]);
  look([session]);
  clock.pass(60_000);
  expect(rung).toEqual([text]);
});

test('one that is ready and was looked at does not ring, nor one that works', () => {
  const {look, clock, rung} = watching([works('a'), works('b')]);
  look([sampleSession({name: 'a', status: sampleStatus('ready')}), works('b')]);
  clock.pass(60_000);
  expect(rung).toEqual([]);
});

test('several at once are one notice', () => {
  const {attention, clock, rung} = watching([works('a'), works('b'), works('c')]);
  attention.look([asks('a'), works('b'), works('c')], undefined);
  clock.pass(100);
  attention.look([asks('a'), asks('b'), asks('c')], undefined);
  clock.pass(200);
  expect(rung).toEqual(['3 sessions wait']);
});

test('one that has gone on before it was told is not told', () => {
  const {attention, clock, rung} = watching([works('a')]);
  attention.look([asks('a')], undefined);
  clock.pass(100);
  attention.look([works('a')], undefined);
  clock.pass(60_000);
  expect(rung).toEqual([]);
});

test('the one whose screen has the terminal does not ring, the others do', () => {
  const {look, rung} = watching([works('a'), works('b')]);
  look([asks('a'), works('b')], '01-a');
  look([asks('a'), asks('b')], '01-a');
  expect(rung).toEqual(['b waits for permission']);
});

test('an agent that goes to and fro rings every three seconds at most', () => {
  const {look, rung} = watching([works('a')]);
  for (let round = 0; round < 10; round++) {
    look([asks('a')]);
    look([works('a')]);
  }
  // 6 s have passed: at 0.3 and 3.3 s it was asking.
  expect(rung.length).toBeGreaterThan(0);
  expect(rung.length).toBeLessThanOrEqual(2);
});

test('a daemon that begins anew and does not know the status yet changes nothing', () => {
  const unknown = sampleSession({name: 'a', status: sampleStatus('unknown', {source: 'none'})});
  const {look, clock, rung} = watching([asks('a')]);
  look([unknown]);
  look([asks('a')]);
  clock.pass(60_000);
  expect(rung).toEqual([]);
});

test('a new session that waits rings: nobody has seen it before', () => {
  const {look, rung} = watching([]);
  look([asks('fresh')]);
  expect(rung).toEqual(['fresh waits for permission']);
});

test('several of several kinds are counted', () => {
  expect(callText([asks('a'), asks('b'), failed('c'), done('d')])).toBe('4 sessions: 2 wait, 1 in trouble, 1 ended');
});

test('a terminal gets the notification it knows, and only that one', () => {
  expect(oscNotice('api waits', {TERM: 'xterm-kitty'})).toBe('\x1b]9;Trails: api waits\x1b\\');
  expect(oscNotice('api waits', {TERM: 'foot'})).toBe('\x1b]777;notify;Trails;api waits\x1b\\');
  expect(oscNotice('api waits', {TERM: 'xterm-256color', VTE_VERSION: '7600'})).toContain(']777;');
  expect(oscNotice('x', {TERM: 'tmux-256color', TMUX: '/tmp/tmux-0/default,1,0'})).toBe(
    '\x1bPtmux;\x1b\x1b]9;Trails: x\x1b\x1b\\\x1b\\',
  );
});

test('nothing of a text can leave its sequence', () => {
  const hostile = `a\x07\x1b]0;owned\x1b\\;b\u009d${'c'.repeat(500)}`;
  const written: string[] = [];
  createRing({notify: 'osc', env: {}, write: text => written.push(text), desktop: async () => true})(hostile);
  expect(written).toEqual([expect.stringMatching(/^\x1b\]9;Trails: [^\x00-\x1f\x7f-\x9f;]{1,100}\x1b\\$/)]);
});

test('each way to ring, and the bell where there is no desktop', async () => {
  const rings = async (notify: 'off' | 'bell' | 'desktop', shown: boolean) => {
    const log: string[] = [];
    const ring = createRing({
      ...{notify, env: {}, write: text => log.push(text)},
      async desktop(title, text) {
        log.push(`${title}: ${text}`);
        return shown;
      },
    });
    ring('api waits');
    await Promise.resolve();
    await Promise.resolve();
    return log;
  };
  expect(await rings('off', true)).toEqual([]);
  expect(await rings('bell', true)).toEqual(['\x07']);
  expect(await rings('desktop', true)).toEqual(['Trails: api waits']);
  expect(await rings('desktop', false)).toEqual(['Trails: api waits', '\x07']);
});

test('the window is named after how many wait, and gets its own name back', () => {
  const store = createDashboardStore(stateWith([works('a'), works('b')]), manualClock());
  const written: string[] = [];
  const title = keepTitle(store.drawn, text => written.push(text));
  store.now(state => ({...state, sessions: [asks('a'), asks('b')]}));
  store.now(state => ({...state, sessions: [asks('b'), asks('a')]}));
  store.now(state => ({...state, lent: true, sessions: []}));
  title.again();
  store.now(state => ({...state, lent: false}));
  title.close();
  title.close();
  store.now(state => ({...state, sessions: [asks('a')]}));
  expect(written).toEqual([
    '\x1b[22;0t',
    '\x1b]0;Trails\x07',
    '\x1b]0;(2) Trails\x07',
    '\x1b]0;Trails\x07',
    '\x1b[23;0t',
  ]);
  expect(titleOf({sessions: undefined})).toBe('Trails');
});
