import {expect, test} from 'vitest';
import {nameProblem, resolveSession, suggestName} from '../../src/sessions/names.ts';
import {sampleRecord} from '../support/sample-record.ts';

test.each([
  ['', /needed/],
  ['Api', /"api" would do/],
  ['a'.repeat(200), /200 characters; 40/],
  ['../x', /cannot have/],
  ['-x', /cannot have/],
  ['a b', /cannot have/],
  ['a\u001b[31m', /cannot have/],
  ['ä', /cannot have/],
])('the name %j is refused in words', (name, words) => {
  expect(nameProblem(name)).toMatch(words);
  expect(nameProblem(name)).not.toMatch(/\p{Cc}/u);
});

test.each(['a', '0', 'api-2', 'a'.repeat(40)])('the name %s is fine', name => {
  expect(nameProblem(name)).toBeUndefined();
});

test('a suggestion is always free and always valid', () => {
  const taken = new Set<string>();
  for (let index = 0; index < 500; index++) {
    const name = suggestName(taken, 12_345);
    expect(taken.has(name)).toBe(false);
    expect(nameProblem(name)).toBeUndefined();
    taken.add(name);
  }
});

const records = [
  sampleRecord({id: '01hzaaaa', name: 'api'}),
  sampleRecord({id: '01hzaabb', name: 'api-tests'}),
  sampleRecord({id: '01hzcccc', name: 'web'}),
];

test('a session is found by name, id, or a unique beginning of either; an exact name wins', () => {
  expect(resolveSession(records, 'api').name).toBe('api');
  expect(resolveSession(records, 'api-').name).toBe('api-tests');
  expect(resolveSession(records, 'w').name).toBe('web');
  expect(resolveSession(records, '01HZC').name).toBe('web');
});

test.each([
  ['', 'SESSION_UNKNOWN'],
  ['nope', 'SESSION_UNKNOWN'],
  ['a', 'SESSION_AMBIGUOUS'],
  ['01hzaa', 'SESSION_AMBIGUOUS'],
  ['x\u001b]0;y\u0007', 'SESSION_UNKNOWN'],
])('%j is answered with %s', (ref, code) => {
  expect(() => resolveSession(records, ref)).toThrow(
    expect.objectContaining({code, message: expect.not.stringMatching(/\p{Cc}/u)}),
  );
});
