import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {controlCode, createDetachScanner} from '../../src/terminal/detach.ts';
import {manualClock} from '../support/manual-clock.ts';

function scan(pieces: readonly (string | Uint8Array)[], key = 'ctrl-q') {
  const clock = manualClock();
  let out = '';
  const scanner = createDetachScanner({key, clock, flush: bytes => (out += Buffer.from(bytes).toString('latin1'))});
  for (const piece of pieces) {
    const {forward, detached} = scanner.feed(Buffer.from(piece));
    out += Buffer.from(forward).toString('latin1');
    if (detached) return {out, detached: true};
  }
  clock.pass(30);
  return {out, detached: false};
}

const presses: Readonly<Record<string, string>> = {
  'the control byte': '\x11',
  kitty: '\x1b[113;5u',
  'kitty with the event said': '\x1b[113;5:1u',
  'kitty with caps lock': '\x1b[113;69u',
  'kitty with num lock and caps lock': '\x1b[113;197u',
  'kitty with alternate keys': '\x1b[113:81;5u',
  'kitty on a Cyrillic layout': '\x1b[1081::113;5u',
  'kitty with the text': '\x1b[113;5;17u',
  modifyOtherKeys: '\x1b[27;5;113~',
  'modifyOtherKeys with the control code': '\x1b[27;5;17~',
  'win32 input': '\x1b[81;16;17;1;8;1_',
};

test.each(Object.entries(presses))('%s detaches, at once, byte by byte and behind text', (_, press) => {
  expect(scan([press])).toEqual({out: '', detached: true});
  expect(scan([...Buffer.from(press)].map(byte => Buffer.of(byte)))).toEqual({out: '', detached: true});
  expect(scan([`text${press}never sent`])).toEqual({out: 'text', detached: true});
  expect(scan([`\x1b${press}`]).out.startsWith('\x1b')).toBe(true);
});

const others: Readonly<Record<string, string>> = {
  'text and other control keys': 'hello\r\t\x03\x04\x1a\x7f wörld',
  'a release': '\x1b[113;5:3u',
  'a repeat': '\x1b[113;5:2u',
  'another modifier': '\x1b[113;6u\x1b[113;7u\x1b[113;1u\x1b[113u',
  'another key': '\x1b[97;5u\x1b[27;5;97~\x1b[65;30;1;1;8;1_',
  'a win32 release': '\x1b[81;16;17;0;8;1_',
  'arrows, function keys, mouse and focus': '\x1b[A\x1bOP\x1b[15~\x1b[<0;17;17M\x1b[I\x1b[M !!',
  'answers of the terminal': '\x1b[?62;22c\x1b[17;5R\x1b]11;rgb:0000/0000/0000\x1b\\\x1bP>|xterm(380)\x1b\\',
  'the key inside a paste': '\x1b[200~a\x11b\x1b[113;5uc\x1b[201~',
  'alt with a key': '\x1bq\x1b\x1b[A',
  'bytes that are no UTF-8': Buffer.from([0xff, 0x80, 0xc3]).toString('latin1'),
};

test.each(Object.entries(others))('%s goes on as it came', (_, typed) => {
  const bytes = Buffer.from(typed, 'latin1');
  expect(scan([bytes])).toEqual({out: typed, detached: false});
  expect(scan([...bytes].map(byte => Buffer.of(byte)))).toEqual({out: typed, detached: false});
});

test('after a paste the key detaches again', () => {
  expect(scan(['\x1b[200~a\x11', 'b\x1b[20', '1~', '\x11'])).toEqual({out: '\x1b[200~a\x11b\x1b[201~', detached: true});
});

test('a lone ESC goes on after 25 ms, and at once when more follows', () => {
  const clock = manualClock();
  const flushed: string[] = [];
  const scanner = createDetachScanner({
    key: 'ctrl-q',
    clock,
    flush: bytes => void flushed.push(Buffer.from(bytes).toString()),
  });
  expect(scanner.feed(Buffer.from('\x1b')).forward).toHaveLength(0);
  clock.pass(24);
  expect(flushed).toEqual([]);
  clock.pass(1);
  expect(flushed).toEqual(['\x1b']);
  scanner.feed(Buffer.from('\x1b'));
  expect(Buffer.from(scanner.feed(Buffer.from('[A')).forward).toString()).toBe('\x1b[A');
  clock.pass(100);
  expect(flushed).toHaveLength(1);
  scanner.feed(Buffer.from('\x1b'));
  scanner.close();
  expect(clock.pending).toBe(0);
});

test('a sequence longer than any key is not held', () => {
  const long = `\x1b[${'1;'.repeat(100)}`;
  expect(scan([long])).toEqual({out: long, detached: false});
});

test.each([
  ['ctrl-a', 1],
  ['ctrl-Q', 17],
  ['ctrl-z', 26],
  ['ctrl-\\', 28],
  ['ctrl-]', 29],
  ['ctrl-^', 30],
  ['ctrl-_', 31],
])('%s is control code %i, and detaches', (key, code) => {
  expect(controlCode(key)).toBe(code);
  expect(scan([Buffer.of(code)], key).detached).toBe(true);
});

test('ctrl-] detaches in kitty form too', () => expect(scan(['\x1b[93;5u'], 'ctrl-]').detached).toBe(true));

test.each([
  '',
  'q',
  'ctrl-',
  'ctrl-qq',
  'ctrl-1',
  'alt-q',
  'ctrl-c',
  'ctrl-m',
  'ctrl-i',
  'ctrl-[',
])('the key "%s" is refused with what would do', key => {
  expect(() => controlCode(key)).toThrow(AppError);
  expect(() => controlCode(key)).toThrow(
    expect.objectContaining({code: 'CONFIG_INVALID', hint: expect.stringContaining('ctrl-q')}),
  );
});
