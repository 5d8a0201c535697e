import type {Key} from 'ink';
import {expect, test} from 'vitest';
import {focusOf, places} from '../../src/ui/focus.ts';
import {bindingFor, keymap, keysTable} from '../../src/ui/keymap/keymap.ts';
import {pressesOf} from '../../src/ui/keys.ts';
import {footerHints} from '../../src/ui/models/footer.ts';
import {helpLines} from '../../src/ui/models/help.ts';
import {lineWidth, textOf} from '../../src/ui/models/line.ts';
import {sampleSession, sevenSessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const noKey: Key = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};
const pressed = (input: string, key: Partial<Key> = {}) => pressesOf(input, {...noKey, ...key}).map(one => one.key);

test('a typing burst is split into its keys, control characters among them', () => {
  expect(pressed('jj')).toEqual(['j', 'j']);
  expect(pressed('a b\rq\t')).toEqual(['a', 'space', 'b', 'enter', 'q', 'tab']);
  expect(pressed('x\x15é👩‍💻')).toEqual(['x', 'ctrl-u', 'é', '👩‍💻']);
});
test('keys with a name carry their modifiers', () => {
  expect(pressed('', {upArrow: true, shift: true})).toEqual(['shift-up']);
  expect(pressed('', {tab: true, shift: true})).toEqual(['shift-tab']);
  expect(pressed('', {escape: true, meta: true})).toEqual(['esc']);
  expect(pressed('u', {ctrl: true})).toEqual(['ctrl-u']);
  expect(pressed('f', {meta: true})).toEqual(['alt-f']);
});
test('the release of a key is not a key', () => expect(pressed('q', {eventType: 'release'})).toEqual([]));

test('no key means two things in one place', () => {
  for (const where of places) {
    const keys = keymap.filter(binding => binding.where === where).flatMap(binding => binding.keys);
    expect(keys, where).toEqual([...new Set(keys)]);
  }
});
test('every place can be left with esc or q, and the program with ctrl-c', () => {
  for (const place of places) {
    expect(bindingFor('esc', place), place).toBeDefined();
    expect(bindingFor('ctrl-c', place)?.intent, place).toBe('leaveNow');
  }
});
test('a line feed is a new line where a prompt is written, and Enter everywhere else', () => {
  expect(pressed('\n')).toEqual(['ctrl-j']);
  expect(bindingFor('ctrl-j', 'prompt')?.intent).toBe('promptNewline');
  expect(bindingFor('ctrl-j', 'form')).toBe(bindingFor('enter', 'form'));
});
test('the diff tab has keys of its own; every other key is the one of the dashboard', () => {
  const own = new Set(keymap.filter(({where}) => where === 'diff').flatMap(({keys}) => keys));
  expect([...own]).toEqual(['n', 'p', ']', '[', 'a']);
  expect(bindingFor('n', 'diff')?.intent).toBe('nextHunk');
  expect(bindingFor('n', 'dashboard')?.intent).toBe('create');
  const rest = keymap.filter(({where}) => where === 'dashboard').flatMap(({keys}) => keys);
  for (const key of rest.filter(one => !own.has(one))) {
    expect(bindingFor(key, 'diff'), key).toBe(bindingFor(key, 'dashboard'));
  }
});

const hints = (state: ReturnType<typeof stateWith>, width = 200) => footerHints(focusOf(state), width);
const labels = (phase: 'running' | 'stopped' | 'lost' | 'creating') =>
  hints(stateWith([sampleSession({phase})]))
    .filter(({disabled}) => !disabled)
    .map(({label}) => label);

test('the footer offers what the lifecycle allows', () => {
  expect(labels('running')).toEqual(expect.arrayContaining(['attach', 'shell', 'stop', 'tear down']));
  expect(labels('stopped')).toEqual(expect.arrayContaining(['start', 'tear down']));
  expect(labels('stopped')).not.toContain('attach');
  expect(labels('lost')).toContain('forget');
  expect(labels('lost')).not.toContain('stop');
  expect(labels('creating')).not.toContain('tear down');
});
test('help and leave stay in the footer however narrow it is', () => {
  expect(hints(stateWith(sevenSessions()), 40).map(({key}) => key)).toEqual(expect.arrayContaining(['n', '?', 'q']));
});
test('help names every key but says ctrl-c once, and knows the configured detach key', () => {
  const text = helpLines(70, 'ctrl-]').map(textOf);
  for (const {description} of keymap) {
    expect(text.some(line => line.includes(description.replace('ctrl-q', 'ctrl-]')))).toBe(true);
  }
  expect(text.filter(line => line.includes('ctrl-c'))).toHaveLength(1);
  expect(text.at(-1)).toMatch('ctrl-]');
  expect(Math.max(...helpLines(50, 'ctrl-q').map(lineWidth))).toBeLessThanOrEqual(50);
});
test('the table for the README has a row for every binding', () => {
  const rows = keysTable().trim().split('\n');
  expect(rows).toHaveLength(keymap.length + 2);
  expect(rows[2]).toBe('| `n` | start a new session | Dashboard |');
});
