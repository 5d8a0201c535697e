import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {renderDocuments, withRegion} from '../../scripts/docs.ts';

test.each([...renderDocuments()])('%s says what the program says; `npm run docs` mends it', (file, text) => {
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a region that is not there is an error, not a silent loss', () => {
  expect(() => withRegion('nothing', 'keys', 'x')).toThrow('no region "keys"');
});

test('what is around a region stays, and dollars are only dollars', () => {
  const text = 'a\n<!-- x -->\nold\n<!-- /x -->\nb\n';
  expect(withRegion(text, 'x', 'costs $1 & $&')).toBe('a\n<!-- x -->\n\ncosts $1 & $&\n\n<!-- /x -->\nb\n');
});
