import {describe, expect, test} from 'vitest';
import {age, elapsed} from '../../src/ui/models/age.ts';
import {clip} from '../../src/ui/models/clip.ts';
import {headerLine} from '../../src/ui/models/header.ts';
import {bytes, infoLines} from '../../src/ui/models/info.ts';
import {limitsOf} from '../../src/ui/models/limits-text.ts';
import {lineWidth, textOf} from '../../src/ui/models/line.ts';
import {firstRow} from '../../src/ui/models/list.ts';
import {ordered} from '../../src/ui/models/order.ts';
import {linesWindow, screenWindow} from '../../src/ui/models/pane-window.ts';
import {rowLine} from '../../src/ui/models/row-line.ts';
import {rowColumns, sessionRow} from '../../src/ui/models/session-row.ts';
import {clean, padded, shorten, shortenStart, widthOf, wrapWords} from '../../src/ui/models/text.ts';
import {edit, fieldOf, insert, suggestion} from '../../src/ui/models/text-field.ts';
import {wordsOf} from '../../src/ui/models/words.ts';
import {frameOf} from '../support/fake-port.ts';
import {sampleNow, sampleSession, sampleStatus, sevenSessions, sixtySessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

describe('text', () => {
  test.each([
    ['escape sequences', '\x1b[31mred\x1b[0m', 'red'],
    ['a title of the terminal', 'a\x1b]0;owned\x07b', 'ab'],
    ['an unfinished command', 'a\x1b]52;c;secret', 'a'],
    ['control characters', 'a\x07b\x00c', 'abc'],
    ['line breaks, as blanks', 'a\r\nb\tc', 'a b c'],
    ['letters that turn the direction', 'abc\u202edef\u2066', 'abcdef'],
  ])('loses %s', (_what, hostile, harmless) => {
    expect(clean(hostile)).toBe(harmless);
  });
  test('emoji and wide letters stay whole', () => expect(clean('👩‍💻 日本')).toBe('👩‍💻 日本'));
  test('what is too long ends in an ellipsis, in cells and not in letters', () => {
    expect(shorten('日本語テキスト', 6)).toBe('日本…');
    expect(padded('日本語テキスト', 6)).toBe('日本… ');
    expect(widthOf(padded('日本語', 5))).toBe(5);
    expect([shorten('abc', 3), shorten('abc', 0), shorten('abcd', 1)]).toEqual(['abc', '', '…']);
  });
  test('a path keeps its end', () => expect(shortenStart('/home/ada/projects/api', 12)).toBe('…rojects/api'));
  test('words wrap whole, and one that is too long is cut', () => {
    expect(wrapWords('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapWords('extraordinary day', 6)).toEqual(['extra…', 'day']);
  });
});

describe('a row of the list', () => {
  const said = (over: Parameters<typeof sampleSession>[0], width = 60) => {
    const row = sessionRow(sampleSession(over), {
      ...{selected: false, marked: false, index: 0, pending: undefined, now: sampleNow},
    });
    return textOf(rowLine(row, rowColumns([row], width)));
  };
  const workspace = {...sampleSession().workspace, mode: 'clone' as const};
  test('says what is not applied, before its age', () => {
    expect(said({workspace, changes: {files: 3, added: 12, removed: 3}})).toMatch(/ \+12 −3 +3m $/);
    expect(said({workspace, changes: {files: 1, added: 0, removed: 0}})).toMatch(/ 1 file +3m $/);
  });
  test('says nothing where nothing changed or it is not known', () => {
    expect(said({workspace, changes: null})).toMatch(/main +3m $/);
    expect(said({workspace, changes: {files: 0, added: 0, removed: 0}})).toMatch(/main +3m $/);
  });
  test('says in a word that the agent works in the directory itself', () => {
    expect(said({})).toMatch(/ direct +3m $/);
    expect(said({}, 36)).toMatch(/ direct +3m $/);
  });
});

describe('screen lines', () => {
  const cut = (line: string, width: number, colors = true) => clip(line, {width, colors});
  test('are cut by cells with their colours in place and closed at the end', () => {
    expect(cut('\x1b[31mred\x1b[0m and more', 5)).toBe('\x1b[31mred\x1b[0m a\x1b[0m');
    expect(cut('日本語', 5)).toBe('日本');
  });
  test('lose colours where none are wanted', () => expect(cut('\x1b[1;31mred\x1b[0m', 10, false)).toBe('red'));
  test('never let another escape through', () => {
    expect(cut('a\x1b[2Jb\x1b]0;t\x07c\x9bK', 20)).not.toMatch(/[\x07\x9b]|\x1b(?!\[[\d;:]*m)/);
  });
  test('show the cursor on a letter, and behind the end of the text', () => {
    expect(clip('ab', {width: 5, colors: true, cursor: 0})).toBe('\x1b[7ma\x1b[27mb');
    expect(clip('ab', {width: 5, colors: true, cursor: 3})).toBe('ab \x1b[7m \x1b[27m');
    expect(clip('ab', {width: 2, colors: true, cursor: 3})).toBe('ab');
  });
});

describe('a window on a screen', () => {
  const lines = Array.from({length: 24}, (_, row) => `row ${row}`);
  test('shows the end, without empty lines below the last text', () => {
    expect(screenWindow(frameOf(['a', 'b']), 3, 0).lines).toEqual(['a', 'b']);
    expect(screenWindow(frameOf(lines), 2, 0).lines).toEqual(['row 22', 'row 23']);
  });
  test('keeps the cursor in view below the last text', () => {
    const frame = frameOf(['a'], {cursor: {column: 0, row: 3, visible: true}});
    expect(screenWindow(frame, 10, 0)).toMatchObject({lines: ['a', '', '', ''], cursor: {row: 3, column: 0}});
  });
  test('scrolls within the screen where there is nothing above it', () => {
    expect(screenWindow(frameOf(lines), 2, 5).lines).toEqual(['row 17', 'row 18']);
    expect(screenWindow(frameOf(lines), 2, 99).lines).toEqual(['row 0', 'row 1']);
  });
  test('a frame that already stands higher is not scrolled twice', () => {
    const {lines: shown, cursor} = screenWindow(frameOf(lines, {scrolled: 5, scrollback: 50}), 2, 5);
    expect([shown, cursor]).toEqual([['row 22', 'row 23'], undefined]);
  });
  test('a list of lines stands at its end', () => {
    expect(linesWindow([1, 2, 3, 4], 2, 0)).toEqual([3, 4]);
    expect(linesWindow([1, 2, 3, 4], 2, 1)).toEqual([2, 3]);
    expect(linesWindow([1, 2, 3, 4], 2, 9)).toEqual([1, 2]);
  });
});

describe('the list', () => {
  test('is ordered by who needs a person, the oldest first within a group', () => {
    expect(ordered(sevenSessions()).map(({name}) => name.slice(0, 13))).toEqual([
      'checkout-flow',
      'gone',
      'api',
      'docs',
      'fresh',
      'a-name-as-lon',
      'migrations',
    ]);
  });
  test('does not jump when an agent goes from thinking to working', () => {
    const sessions = [sampleSession({name: 'a', createdAt: 1}), sampleSession({name: 'b', createdAt: 2})];
    const order = (a: 'thinking' | 'working', b: 'thinking' | 'working') =>
      ordered(sessions.map(one => ({...one, status: sampleStatus(one.name === 'a' ? a : b)}))).map(({name}) => name);
    expect(order('thinking', 'working')).toEqual(order('working', 'thinking'));
  });
  test('keeps the selected row near the middle', () => {
    expect([firstRow(0, 60, 10), firstRow(30, 60, 10), firstRow(59, 60, 10), firstRow(2, 3, 10)]).toEqual([
      0, 25, 50, 0,
    ]);
  });
  test.each([28, 36, 40, 48, 60, 80, 120])('rows are exactly %i cells wide', width => {
    const rows = [...sevenSessions(), ...sixtySessions()].map((session, index) =>
      sessionRow(session, {selected: index === 0, marked: index === 1, index, pending: undefined, now: sampleNow}),
    );
    const columns = rowColumns(rows, width);
    expect(new Set(rows.map(row => lineWidth(rowLine(row, columns))))).toEqual(new Set([width]));
  });
  test('a row says what was asked before anything else', () => {
    const row = sessionRow(sampleSession(), {
      selected: false,
      marked: false,
      index: 9,
      pending: 'stopping…',
      now: sampleNow,
    });
    expect(row).toMatchObject({about: 'stopping…', lead: ' ', age: '3m'});
  });
});

describe('the header', () => {
  const header = (width: number, state: 'ready' | 'unreachable' = 'ready') =>
    textOf(
      headerLine({...stateWith(sevenSessions()), engine: {provider: 'podman', state, detail: '', hint: ''}}, width),
    );
  test('counts those who need a person first', () => {
    expect(header(100)).toMatch(/^ trails {2}1 waiting · 1 in trouble · 2 working · 7 sessions +podman {2}0.1.0 $/);
  });
  test('leaves out the engine where it is fine and there is no room, and counts where it is not', () => {
    expect(header(60)).toMatch(/7 sessions +$/);
    expect(header(60, 'unreachable')).toMatch(/1 waiting .*✗ podman unreachable/);
  });
  test.each([10, 36, 50, 77, 200])('never exceeds %i columns', width => {
    expect(widthOf(header(width, 'unreachable'))).toBeLessThanOrEqual(Math.max(width, 7));
  });
});

describe('writing in a field', () => {
  const type = (field: ReturnType<typeof fieldOf>, ...names: string[]) =>
    names.reduce((now, key) => edit(now, {key, text: ''}), field);
  test.each([
    ['backspace', 'ab cd', ['backspace'], 'ab c'],
    ['delete at the start', 'ab', ['home', 'delete'], 'b'],
    ['ctrl-w, a word', 'ab cd  ', ['ctrl-w'], 'ab '],
    ['ctrl-u, to the start', 'ab cd', ['left', 'ctrl-u'], 'd'],
    ['ctrl-k, to the end', 'ab cd', ['ctrl-a', 'right', 'ctrl-k'], 'a'],
    ['backspace on an emoji, whole', 'a👩‍💻', ['backspace'], 'a'],
    ['nothing before the start', 'a', ['left', 'left', 'left', 'backspace'], 'a'],
  ])('%s', (_what, text, pressed, after) => {
    expect(type(fieldOf(text), ...pressed).text).toBe(after);
  });
  test('text goes in at the cursor, line breaks as blanks', () => {
    expect(insert(type(fieldOf('ad'), 'left'), 'b\nc')).toEqual({text: 'ab cd', cursor: 4});
  });
  test('a suggestion is replaced by text and kept by a move', () => {
    expect(insert(suggestion('otter'), 'x').text).toBe('x');
    expect(insert(type(suggestion('otter'), 'left'), 'x').text).toBe('ottexr');
  });
});

test.each([
  ['', []],
  ['  npm test ', ['npm', 'test']],
  [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
  ['a"b c"d e\\ f', ['ab cd', 'e f']],
  ['""', ['']],
  ['"open', undefined],
])('the command %j is the words %j', (text, words) => {
  expect(wordsOf(text)).toEqual(words);
});

test('limits are read as they are usually written', () => {
  expect(limitsOf({memory: '2g', cpus: '0.5', pids: '64'})).toEqual({
    limits: {memoryBytes: 2 * 2 ** 30, cpus: 0.5, pids: 64},
    problems: {},
  });
  expect(limitsOf({memory: '1.5 GiB', cpus: '', pids: ''}).limits).toEqual({memoryBytes: 1.5 * 2 ** 30});
  expect(limitsOf({memory: '-1', cpus: 'two', pids: '1.5'})).toMatchObject({
    limits: {},
    problems: {memory: 'Write it like 2g or 512m', cpus: 'Write it like 2 or 0.5', pids: 'Write it like 512'},
  });
});

test('ages and sizes in their largest unit', () => {
  expect([0, 9999, 59_999, 60_000, 3_600_000, 200_000_000, -5].map(ms => age(0, ms))).toEqual([
    '0s',
    '9s',
    '50s',
    '1m',
    '1h',
    '2d',
    '0s',
  ]);
  expect([elapsed(4200), elapsed(65_000)]).toEqual(['4 s', '1 m 05 s']);
  expect([bytes(512), bytes(1536), bytes(2 * 2 ** 30), bytes(210.4 * 2 ** 20)]).toEqual([
    '512 B',
    '1.5 KB',
    '2 GB',
    '210 MB',
  ]);
});

test('the info tells what went through a broker', () => {
  const routes = [
    {name: 'anthropic', requests: 12, failed: 1},
    {name: 'openai', requests: 1, failed: 0},
  ];
  const view = {now: sampleNow, width: 200, stats: undefined, audit: [], routes};
  const keys = (credentials: 'broker' | 'forward') =>
    infoLines(sampleSession({credentials}), view)
      .map(textOf)
      .filter(line => line.startsWith('keys'));
  expect(keys('broker')).toEqual(['keys       added outside of it: anthropic 12 requests, 1 failed; openai 1 request']);
  expect(keys('forward')).toEqual([]);
});

test('the info names each way in which a session is held less than it could be', () => {
  const sandbox = {profile: 'strict', loosened: ['debug', 'writable-root']} as const;
  const view = {now: sampleNow, width: 200, stats: undefined, audit: []};
  const lines = infoLines(sampleSession({sandbox}), view).map(textOf);
  expect(lines.filter(line => /^(sandbox|loosened)/.test(line))).toEqual([
    'sandbox    strict',
    'loosened   debug: its processes may trace each other and read each other’s memory: debuggers, strace',
    'loosened   writable-root: the files of its image can be changed, until it is removed',
  ]);
  const unenforced = ['memory', 'a read-only root'];
  const less = infoLines(sampleSession({unenforced}), view).map(textOf);
  expect(less.filter(line => line.startsWith('not held'))).toEqual(['not held   memory, a read-only root']);
});

test('the info tells what a session uses of its disk, and which limits are not held', () => {
  const limits = {memoryBytes: 2 ** 30, cpus: 1, pids: 64, diskBytes: 20 * 2 ** 20};
  const session = sampleSession({limits, unenforced: ['memory', 'disk']});
  const used = {id: session.id, name: session.name, cpuPercent: 2, memoryBytes: 2 ** 20, memoryLimit: 2 ** 30};
  const stats = {...used, pids: 3, pidsLimit: 64, diskBytes: 15 * 2 ** 20, diskLimit: limits.diskBytes};
  const lines = infoLines(session, {now: sampleNow, width: 200, stats, audit: []}).map(textOf);
  expect(lines.filter(line => /^(limits|not held|uses)/.test(line))).toEqual([
    'limits     1 GB memory · 1 cpus · 64 processes · 20 MB disk',
    'not held   memory, disk',
    'uses       1 MB memory · 2 % of a core · 3 processes · 15 MB of 20 MB disk',
  ]);
});
