import {expect, test} from 'vitest';
import {advance, allows, holdsWorkspace} from '../../src/sessions/lifecycle.ts';
import {phases} from '../../src/sessions/port.ts';

test('a repeated exit changes nothing', () => {
  expect(advance(advance('running', 'exited'), 'exited')).toBe('stopped');
});

test('an exit that comes while it is being stopped ends the stopping', () => {
  expect(advance('stopping', 'exited')).toBe('stopped');
});

test('a container removed behind our back is lost, from every phase that had one', () => {
  for (const phase of phases) expect(advance(phase, 'vanished')).toBe('lost');
});

test('what is lost and comes back runs again', () => {
  expect(advance('lost', 'found')).toBe('running');
});

test('only what stands still may be started, only what runs may be stopped', () => {
  expect(phases.filter(phase => allows(phase, 'startAsked'))).toEqual(['stopped', 'failed']);
  expect(phases.filter(phase => allows(phase, 'stopAsked'))).toEqual(['running']);
});

test('a workspace is held while something can write in it', () => {
  expect(phases.filter(holdsWorkspace)).toEqual(['creating', 'running', 'stopping']);
});
