import {expect, test} from 'vitest';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {expectPaintedAlike, type Step} from './painted.ts';

const size = {columns: 40, rows: 8};
const screens: Readonly<Record<string, readonly Step[]>> = {
  'an untouched screen': [],
  'plain text with a prompt': ['one\r\ntwo\r\n$ '],
  'every kind of underline, with its colour': [
    '\x1b[4mA\x1b[21mB\x1b[4:3mC\x1b[4:4;58:2::255:100:0mD\x1b[4:5;58:5:9mE\x1b[59mF\x1b[24mG',
  ],
  'bold, dim, italic, blink, inverse, invisible, struck and overlined text': [
    '\x1b[1mA\x1b[2mB\x1b[3mC\x1b[5mD\x1b[7mE\x1b[8mF\x1b[9mG\x1b[53mH\x1b[0mI',
  ],
  'palette, bright, 256 and true colours': [
    '\x1b[31mA\x1b[92mB\x1b[38;5;200mC\x1b[38;2;1;2;3mD\x1b[44mE\x1b[103mF\x1b[48;5;17mG\x1b[48;2;9;8;7mH',
  ],
  'cells that only have a background': ['\x1b[44m\x1b[2J\x1b[3;5H\x1b[41m\x1b[K\x1b[0m'],
  'a pen left in colour': ['\x1b[1;35;44mleft'],
  'a pen with an underline colour and no underline yet': ['\x1b[58:2::1:2:3mx'],
  'links, also over two rows and unfinished': [
    '\x1b]8;;https://example.test/a\x1b\\text\x1b]8;;\x1b\\ \x1b]8;id=z;https://example.test/b\x07two\r\nrows\r\nopen',
  ],
  'a link with an underline of its own': ['\x1b]8;;https://example.test/\x07\x1b[4:3mcurly\x1b[24mnone\x1b]8;;\x07'],
  'wide characters, emoji and combined letters': ['日本語 👩‍👩‍👧‍👦 e\u0301 🇩🇪 ok'],
  'wide characters against the right edge': [`${'a'.repeat(39)}日本`, '\x1b[3;39H日'],
  'long lines that wrapped': [`${'0123456789'.repeat(9)}\r\nnext`],
  'a wrapped line whose second row was erased': [`${'x'.repeat(45)}\x1b[2K`],
  'a wrapped line that ends in colour': [`\x1b[42m${'y'.repeat(100)}\x1b[K`],
  'a cursor behind the last column': ['\x1b[31m', 'z'.repeat(40)],
  'a cursor behind a wide last character': [`${'z'.repeat(38)}日`],
  'a cursor behind the last column in origin mode': ['\x1b[2;6r\x1b[?6h\x1b[2;1H', 'z'.repeat(40)],
  'a scroll region with the cursor in it': ['\x1b[3;6r\x1b[4;2Hin', '\n\n\n\nmore'],
  'origin mode': ['\x1b[3;6r\x1b[?6h\x1b[2;3Hx'],
  'tab stops of its own': ['\x1b[3g\x1b[1;5H\x1bH\x1b[1;20H\x1bH\r\ta'],
  'line drawing': ['\x1b(0lqqk\x1b(B ok', '\x1b)0\x0eqq'],
  'insert mode, and no wrapping': ['\x1b[4h\x1b[?7labc'],
  'newline mode': ['\x1b[20ha\nb'],
  'mouse, focus, paste, cursor keys and keypad': ['\x1b[?1002;1006;1004;2004;1h\x1b='],
  'a hidden cursor of another shape': ['\x1b[?25l\x1b[5 q'],
  'a saved cursor far below the scrollback': [`${'line\r\n'.repeat(60)}\x1b[3;4H\x1b[32m\x1b7\x1b[0m\x1b[1;1H`],
  'the alternate screen, with the main one behind it': [
    'before\r\n\x1b[33m$ vi\x1b[0m',
    '\x1b[?1049h\x1b[2J\x1b[5;5Halt\x1b7\x1b[1;1H',
  ],
  'the alternate screen of 47 and 1047': ['main\x1b[?1047hat 1047', '\x1b[?47l', 'again\x1b[?47hat 47'],
  'kitty keyboard flags on both screens': ['\x1b[=5;1u\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[>7u'],
  'keys reported with modifyOtherKeys': ['\x1b[>4;2m'],
  'a screen made smaller and larger': [
    `${'word '.repeat(40)}\r\n`,
    {columns: 23, rows: 5},
    'narrow\r\n',
    {columns: 60, rows: 20},
    'wide',
  ],
  'the alternate screen, resized': ['a\r\nb', '\x1b[?1049h\x1b[2;7r', {columns: 30, rows: 12}, '\x1b[9;1Hx'],
};

test.each(Object.entries(screens))('a viewer sees %s', async (_, steps) => {
  await expectPaintedAlike(size, steps);
});

test('every prefix of a drawing session can be painted', async () => {
  const session = [
    'host$ edit\r\n',
    '\x1b[?1049h\x1b[?2004h\x1b[1;7r\x1b[?25l\x1b[H\x1b[2J',
    ...Array.from({length: 7}, (_, row) => `\x1b[${row + 1};1H\x1b[38;5;${row + 60}m${'~'.repeat(row * 6)}\x1b[K`),
    '\x1b[8;1H\x1b[7m status 日本 \x1b[K\x1b[0m',
    '\x1b[7;1H\n\n\x1b[3;3H\x1b[2L\x1b[5P\x1b[4@ins\x1bM\x1b[1;1H\x1bM',
    '\x1b[?25h\x1b[2;2H',
    '\x1b[r\x1b[?2004l\x1b[?1049l',
    'host$ ',
  ];
  for (let end = 1; end <= session.length; end++) await expectPaintedAlike(size, session.slice(0, end));
});

const painted = async (text: string) => {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(text));
  await emulator.settled();
  return emulator.paint();
};

test('modes that only a real terminal knows come back', async () => {
  expect(await painted('\x1b[?1016;2031;2048h')).toContain('\x1b[?1016h\x1b[?2031h\x1b[?2048h');
  expect(await painted('\x1b[?2031h\x1b[?2031l')).not.toContain('2031');
  expect(await painted('\x1b[?2031h\x1b[>1u\x1b[>4;1m\x1bc')).not.toMatch(/2031|u|>4/);
});

test('keyboard flags come back as they were stacked, each on its own screen', async () => {
  const both = await painted('\x1b[=5;1u\x1b[>1u\x1b[?1049h\x1b[>3u\x1b[>7u\x1b[<u');
  expect(both).toMatch(/\x1b\[=5;1u\x1b\[>1u[^u]*\x1b\[\?1049h/);
  expect(both.slice(both.indexOf('1049h'))).toContain('\x1b[>3u');
  expect(both).not.toContain('>7u');
});

test('the title comes back without what the agent hid in it', async () => {
  expect(await painted('\x1b]0;a\u202eb\u200bc\x07')).toContain('\x1b]0;abc\x07');
});

test('a viewer is told no link that holds controls or is too long', async () => {
  expect(await painted(`\x1b]8;;https://e.test/${'a'.repeat(5000)}\x07x\x1b]8;;\x07`)).not.toContain('aaaa');
  expect(await painted('\x1b]8;;https://e.test/ä\x07x\x1b]8;;\x07')).not.toContain('e.test');
});
