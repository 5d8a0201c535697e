import {expect, test} from 'vitest';
import {createOutputGuard} from '../../src/terminal/guard.ts';
import {random} from './random.ts';

const guarded = (text: string | Uint8Array) =>
  Buffer.from(createOutputGuard().feed(Buffer.from(text))).toString('latin1');
const utf8 = (text: string) => Buffer.from(text).toString('latin1');

test.each([
  ['text, line ends, tabs and bells', 'hello\r\n\twörld 日本 👩‍👩‍👧‍👦\x07\b'],
  ['colours, moves and erasing', '\x1b[1;38;2;1;2;3m\x1b[4:3m\x1b[2;3H\x1b[K\x1b[2J\x1b7\x1b8\x1bM'],
  ['modes', '\x1b[?1049h\x1b[?2004h\x1b[?1000;1006h\x1b[?25l\x1b[>1u\x1b[=1;2u\x1b[<u\x1b[>4;2m\x1b[2 q'],
  [
    'questions to the terminal',
    '\x1b[c\x1b[>c\x1b[6n\x1b[?u\x1b[>q\x1b[?2026$p\x1b[14t\x1b[18t\x1b]11;?\x1b\\\x1bP$qm\x1b\\',
  ],
  [
    'links, colours, progress and prompt marks',
    '\x1b]8;;https://e.test/ä\x1b\\x\x1b]8;;\x1b\\\x1b]4;1;red\x1b\\\x1b]9;4;1;50\x1b\\\x1b]133;A\x1b\\',
  ],
  ['a clipboard write', '\x1b]52;c;aGVsbG8=\x1b\\'],
  ['character sets', '\x1b(0lqk\x1b(B\x1b)0\x0e\x0f'],
])('%s pass as they came', (_, text) => {
  expect(guarded(text)).toBe(utf8(text));
});

test.each([
  ['a clipboard read', '\x1b]52;c;?\x07'],
  ['a clipboard read in other words', '\x1b]52;?\x07\x1b]52;pc;?\x1b\\'],
  ['a clipboard write of megabytes', `\x1b]52;c;${'QUFB'.repeat(50_000)}\x07`],
  [
    'window moves, resizes and title reports',
    '\x1b[3;1;1t\x1b[4;9;9t\x1b[8;9;9t\x1b[9;1t\x1b[11t\x1b[13t\x1b[20t\x1b[21t\x1b[021;1t\x1b[21:1t\x1b[t\x1b[99t',
  ],
  ['title stack', '\x1b[22;0t\x1b[23;0t'],
  ['a title report with a control inside', '\x1b[2\x7f1t'],
  ['132 columns', '\x1b[?40h\x1b[?3h\x1b[?003l\x1b[?3:1h\x1b[80$|\x1b[50*|'],
  ['printing', '\x1b[5i\x1b[4i\x1b[?5i'],
  ['notifications', '\x1b]9;done\x07\x1b]777;notify;a;b\x07\x1b]99;;hi\x1b\\'],
  ['status records and probes', '\x1b]7501;state=idle\x1b\\\x1b]7501;?\x07'],
  [
    'downloads, fonts, other commands',
    '\x1b]1337;File=:AAAA\x07\x1b]50;font\x07\x1b]7;file:///\x07\x1b]666;x\x07\x1b]L;x\x07',
  ],
  ['tmux passthrough, user keys, images', '\x1bPtmux;\x1b\x1b]52;c;?\x07\x1b\\\x1bP0;1|17/41\x1b\\\x1bPq#0\x1b\\'],
  ['APC, PM and SOS', '\x1b_Ga=d\x1b\\\x1b^pm\x1b\\\x1bXsos\x1b\\'],
  ['leaving UTF-8, 8 bit answers', '\x1b%@\x1b%G\x1b G\x1b F'],
  ['malformed sequences', '\x1b[1?2t\x1b[?1;>2h'],
  ['sequences longer than any', `\x1b[${'1;'.repeat(400)}m`],
])('%s stay here', (_, text) => {
  expect(guarded(text).replaceAll(/\x07|\x1b\\/g, '')).toBe('');
});

test.each([
  ['who are you', '\x1b[c\x1b[0c\x1b[>c\x1b[=c\x1bZ\x1b[>q\x1b[>0q'],
  ['where is the cursor, are you well', '\x1b[6n\x1b[5n\x1b[?6n\x1b[?996n'],
  ['which modes, which keyboard', '\x1b[?2026$p\x1b[4$p\x1b[?u\x1b[?4m'],
  ['how large', '\x1b[14t\x1b[18t\x1b[?1;1;0S'],
  ['which colours', '\x1b]11;?\x1b\\\x1b]4;1;?\x1b\\\x1b]4;1;red;2;?\x1b\\\x1b]10;?;?\x07'],
  ['which settings, what can you', '\x1bP$qm\x1b\\\x1bP+q544e\x1b\\\x1b[x\x1b[1;1;1;1;2;2*y\x1b[&u\x1b[1$w'],
  ['in C1 controls and in pieces', '\u009b6n\x1b[6\nn'],
  ['by ENQ', '\x05'],
])('a terminal that is not to answer is not asked: %s', (_, text) => {
  const guard = createOutputGuard({queries: false});
  const passed = Buffer.from(guard.feed(Buffer.from(`a${text}b`))).toString('latin1');
  expect(passed.replace('\n', '')).toBe('ab');
  expect(guarded(text).replace('\n', '')).not.toBe('');
});

test('a terminal that is not to answer gets everything else', () => {
  const rest =
    '\x1b[1;38;2;1;2;3m\x1b[4:3m\x1b[2;3H\x1b[?1049;2004;1006h\x1b[?25l\x1b[>1u\x1b[=1;2u\x1b[<u\x1b[u\x1b[>4;2m\x1b[2 q\x1b]4;1;red\x1b\\\x1b]8;;http://e.test/?a=?\x1b\\\x1b[S\x1b[2S\x1b7\x1b=\x1bP=1s\x1b\\';
  expect(Buffer.from(createOutputGuard({queries: false}).feed(Buffer.from(rest))).toString()).toBe(rest);
});

test('what passes of a sequence with several modes is the harmless part', () => {
  expect(guarded('\x1b[?3;25;40;2004h')).toBe('\x1b[?25;2004h');
});

test('a title passes without what is hidden in it', () => {
  expect(guarded('\x1b]0;a\u202eb\x01 d\x07')).toBe('\x1b]0;ab d\x07');
  expect(guarded(`\x1b]2;${'t'.repeat(9000)}\x07`)).toBe(`\x1b]2;${'t'.repeat(256)}\x07`);
});

test('a window name in the way of tmux and screen is text, as on the screen in memory', () => {
  expect(guarded('\x1bkname\x1b\\')).toBe('name\x1b\\');
});

test('C1 controls are read as what they stand for, in text and in strings', () => {
  expect(guarded('a\u009b21tb')).toBe('ab');
  expect(guarded('a\u009b31mb')).toBe('a\x1b[31mb');
  expect(guarded('\u009d52;c;?\u009cb')).toBe('b');
  expect(guarded('\x1b]8;;http://e.test/\u009c\u009b21tx')).toBe('\x1b]8;;http://e.test/\x1b\\x');
});

test('bytes that are no UTF-8 cannot carry controls in another encoding', () => {
  expect(guarded(Buffer.from([0x61, 0x9b, 0x32, 0x31, 0x74, 0xff, 0xc3, 0x28, 0xe2, 0x82, 0x62]))).toBe('a21t(b');
});

test('a control inside a sequence is carried out and the sequence still judged', () => {
  expect(guarded('\x1b[2\n1t')).toBe('\n');
  expect(guarded('\x1b[3\r1mx')).toBe('\r\x1b[31mx');
});

test('CAN, SUB and ESC void what is unfinished', () => {
  expect(guarded('\x1b]52;c;aGk=\x18b')).toBe('b');
  expect(guarded('\x1b]0;title\x1b[31mred')).toBe('\x1b[31mred');
  expect(guarded('\x1b[3\x1b[1mbold')).toBe('\x1b[1mbold');
  expect(guarded('\x1b[3\x1a1mx')).toBe('1mx');
});

test('an endless string holds no memory and what follows passes', () => {
  const guard = createOutputGuard();
  guard.feed(Buffer.from('\x1b]52;c;'));
  for (let mib = 0; mib < 8; mib++) expect(guard.feed(Buffer.alloc(1024 * 1024, 0x41))).toHaveLength(0);
  expect(Buffer.from(guard.feed(Buffer.from('\x07after'))).toString()).toBe('after');
});

const pieces = [
  'text',
  'ü',
  '日',
  '👩‍👩‍👧‍👦',
  '\x1b',
  '[',
  ']',
  '52;c;',
  '?',
  '\x07',
  '\x1b\\',
  '\x9c',
  '\u009b',
  '\u009c',
  '\u009d',
  '21t',
  '31m',
  ';',
  '\n',
  '\x18',
  '\x1a',
  '\x7f',
  'P',
  '$q',
  'k',
  '_',
  '0;title',
  '8;;http://e.test',
  '?3;25h',
  '\x1b[',
  '\x1b]',
  '\x1bP',
  '%@',
  '\x00',
].map(text => Buffer.from(text));
const raw = [0x80, 0x9b, 0xc2, 0xe2, 0xf0, 0xff].map(byte => Buffer.of(byte));

test('whatever comes in whatever pieces, the result is the same and holds only what the rules let pass', () => {
  const next = random(7501);
  for (let round = 0; round < 3000; round++) {
    const all = [...pieces, ...raw];
    const input = Buffer.concat(Array.from({length: 1 + (next() % 30)}, () => all[next() % all.length]!));
    const whole = Buffer.from(createOutputGuard().feed(input)).toString('latin1');
    const single = createOutputGuard();
    const bytewise = Buffer.concat([...input].map(byte => single.feed(Buffer.of(byte)))).toString('latin1');
    expect(bytewise, JSON.stringify(input.toString('latin1'))).toBe(whole);
    // What passed is settled: a second guard finds nothing more to take out.
    expect(guarded(Buffer.from(whole, 'latin1'))).toBe(whole);
    expect(whole).not.toMatch(/\x1b\[0*21[;:\d]*t|\x1b\]52;[^;]*;\?|\x1b[k%X^_]/);
  }
});

test('a piece that passes is handed on without copying it byte by byte', () => {
  const bytes = Buffer.from('plain text\r\n'.repeat(1000));
  expect(createOutputGuard().feed(bytes).buffer).toBe(bytes.buffer);
});
