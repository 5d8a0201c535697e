import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {createStringWidth} from '../../scripts/string-width.ts';

const width = createStringWidth(() => stringWidth);

const blocks = [
  ...[0x20, 0xa0, 0x100, 0x200, 0x2000, 0x2100, 0x2200, 0x2300, 0x2400, 0x2500, 0x2600, 0x2700, 0x2800, 0x2900],
  ...[0x2a00, 0x2b00, 0x3000, 0xac00, 0xfe00, 0xff00, 0x1f300, 0x1f600],
];
const characters = blocks.flatMap(block =>
  Array.from({length: 0x100 - (block % 0x100)}, (_, at) => String.fromCodePoint(block + at)),
);

test('every character of the blocks that programs draw with is as wide as string-width says, alone and among others', () => {
  const wrong = characters.filter(one =>
    [one, `a${one}b`, `${one}${one}`].some(text => width(text) !== stringWidth(text)),
  );
  expect(wrong).toEqual([]);
});

test('any line of such characters is as wide as string-width says', () => {
  let seed = 7;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  const lines = Array.from({length: 5000}, () =>
    Array.from({length: 1 + next(12)}, () => characters[next(characters.length)]).join(''),
  );
  expect(lines.filter(line => width(line) !== stringWidth(line))).toEqual([]);
});
