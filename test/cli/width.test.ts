import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {createStringWidth} from '../../scripts/string-width.ts';

const width = createStringWidth(() => stringWidth);

test('every single character is as wide as string-width says', () => {
  const different: string[] = [];
  for (let code = 0; code < 0x20000; code++) {
    const text = String.fromCodePoint(code);
    if (width(text) !== stringWidth(text)) different.push(code.toString(16));
  }
  expect(different).toEqual([]);
});

test.each([
  'plain text, nothing special',
  '│ ● api ─── waiting ◆ …',
  '日本語テスト 한국어 中文',
  '👩‍💻👨‍👩‍👧🏽✌🏽❤️☎️1️⃣🇩🇪🇩',
  '🤕뻅🏼',
  'नमस्ते ก็ e\u0301',
  'a\tb\u200b\u00ad',
  '\x1b[1;31m日本\x1b[0m red \x1b]8;;x\x07link\x1b]8;;\x07',
])('%j is as wide as string-width says', text => expect(width(text)).toBe(stringWidth(text)));

test('what a dashboard mostly draws does not load the package at all', () => {
  const lazy = createStringWidth(() => {
    throw new Error('loaded');
  });
  expect(['\x1b[1m│ api\x1b[0m ◆', '日本語', '🎉'].map(text => lazy(text))).toEqual([7, 6, 2]);
});
