import {expect, test} from 'vitest';
import {focusOf} from '../../src/ui/focus.ts';
import {endedHeight, endedLines} from '../../src/ui/models/ended.ts';
import {textOf} from '../../src/ui/models/line.ts';
import {scrollBy} from '../../src/ui/models/navigate.ts';
import {frameOf} from '../support/fake-port.ts';
import {sampleSession} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const offer = (over: Parameters<typeof sampleSession>[0], width = 80) =>
  endedLines(focusOf(stateWith([sampleSession(over)])), width).map(textOf);

test('an agent that has ended can be restarted, gone on with, or replaced by a shell', () => {
  expect(offer({phase: 'stopped', exitCode: 1, resumes: true})).toEqual([
    '─'.repeat(80),
    'The agent has ended with exit code 1. Its files and its screen are kept.',
    'r restart  ·  R resume the conversation  ·  s shell',
  ]);
});

test('what cannot be done is not offered', () => {
  expect(offer({phase: 'stopped', exitCode: null}).slice(1)).toEqual([
    'The agent has ended. Its files and its screen are kept.',
    'r restart  ·  s shell',
  ]);
  const setup = {commands: ['npm ci', 'npm test'], done: 1, running: false};
  expect(offer({phase: 'failed', setup}, 40).slice(1)).toEqual([
    'A setup step failed. Nothing is lost.',
    'r restart  ·  s shell',
  ]);
});

test('a running session, or a very low pane, gives nothing of its screen away', () => {
  const place = {height: 20};
  expect(endedHeight(sampleSession(), place)).toBe(0);
  expect(endedHeight(sampleSession({phase: 'lost'}), place)).toBe(0);
  expect(endedHeight(sampleSession({phase: 'stopped'}), {height: 7})).toBe(0);
  expect(endedHeight(sampleSession({phase: 'stopped'}), place)).toBe(3);
});

test('all of a longer screen can be reached above the offer', () => {
  const frame = frameOf(Array.from({length: 24}, (_, row) => `row ${row}`));
  const session = sampleSession({phase: 'stopped'});
  const state = stateWith([session], {size: {columns: 120, rows: 24}, frames: new Map([[session.id, frame]])});
  // 24 rows, less header, gap, notices, footer and frame: 18; the offer takes 3 of them.
  expect(scrollBy(state, 100).scroll).toBe(24 - 15);
});
