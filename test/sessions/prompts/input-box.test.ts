import {expect, test} from 'vitest';
import {findInput, stillInInput} from '../../../src/sessions/prompts/input-box.ts';

const rule = '─'.repeat(30);
const foot = [rule, '  ? for shortcuts'];
const box = (...input: readonly string[]) => ['welcome', '', rule, ...input, ...foot, '', ''];
const empty = box('❯ ');

const found = (text: string, after: readonly string[], before: readonly string[] = empty) => {
  const input = findInput(before, after, text);
  if (!input) throw new Error('the text was not found');
  return input;
};

test.each([
  ['a line', 'fix the tests', box('❯ fix the tests')],
  ['the last of several lines', 'fix\nthe tests', box('❯ fix', '  the tests')],
  ['what is wrapped', 'fix all of the tests now', box('❯ fix all of the', '  tests now')],
  ['a frame around it', 'fix the tests', box('│ ❯ fix the tests        │')],
  ['wide characters', '漢字 を 直す', box('❯ 漢字 を 直す')],
  ['a placeholder', 'a\nb\nc', box('❯ [Pasted text #1 +2 lines]')],
  ['a letter that the hint in the empty input has, too', 'y', box('❯ y'), box('❯ Say anything')],
  ['another word for it', 'a\nb\nc', box('❯ [Pasted ~3 lines]')],
])('%s is found', (_what, text, after, before = empty) => expect(findInput(before, after, text)).toBeDefined());

test('what stood there before is not the paste', () => {
  const before = ['fix the tests', '', ...box('❯ ')];
  expect(findInput(before, before, 'fix the tests')).toBeUndefined();
  expect(findInput(before, ['fix the tests', '', ...box('❯ ', 'a clock 12:00')], 'fix the tests')).toBeUndefined();
});

test.each([
  ['goes up into the transcript', ['welcome', '❯ fix the tests', '', '✻ Thinking…', rule, '❯ ', ...foot]],
  ['is gone', box('❯ ')],
  ['stays below its old place because the answer was short', ['❯ fix the tests', 'done', rule, '❯ ', ...foot]],
])('a text that %s has left', (_what, rows) => {
  expect(stillInInput(found('fix the tests', box('❯ fix the tests')), rows)).toBe(false);
});

test('a text behind which Enter was taken for one more line has not left', () => {
  const input = found('fix the tests', box('❯ fix the tests'));
  expect(stillInInput(input, box('❯ fix the tests', ''))).toBe(true);
  expect(stillInInput(input, box('❯ fix the tests', '  ', ''))).toBe(true);
  expect(stillInInput(input, ['❯ fix the tests', '', 'done', ...foot])).toBe(false);
});

test('in a shell it leaves when a line comes below it', () => {
  const input = found('echo hi', ['$ echo hi', ''], ['$', '']);
  expect(stillInInput(input, ['$ echo hi', ''])).toBe(true);
  expect(stillInInput(input, ['$ echo hi', 'hi', '$'])).toBe(false);
  expect(stillInInput(input, ['$ echo hi', '$'])).toBe(false);
});

test('a menu that closes leaves it where it is; a command that is carried out takes it away', () => {
  const menu = ['welcome', '', rule, '❯ /help', rule, '  /help   shows help', '  /hello  greets', '  /helm'];
  const input = found('/help', menu);
  expect(stillInInput(input, box('❯ /help'))).toBe(true);
  expect(stillInInput(input, ['❯ /help', '  keys: none', '', rule, '❯ ', ...foot])).toBe(false);
});
