import {describe, expect, test} from 'vitest';
import {countSpans, fileLine, shortNumber} from '../../src/ui/models/change-text.ts';
import {mostDiffLines, parsePatch} from '../../src/ui/models/diff.ts';
import {diffLines} from '../../src/ui/models/diff-lines.ts';
import {
  type DiffState,
  endsOf,
  fileInView,
  moveFile,
  moveHunk,
  newDiff,
  pageDiff,
  patchInView,
  scrollDiff,
  withChanges,
  withPatch,
} from '../../src/ui/models/diff-place.ts';
import {lineWidth, textOf} from '../../src/ui/models/line.ts';
import {shortenPath, widthOf} from '../../src/ui/models/text.ts';
import {visible} from '../../src/ui/models/visible.ts';
import {changesOf, everyChange, sampleChange, sampleHunk, samplePatch} from '../support/sample-changes.ts';

const parsed = (text: string, over: Parameters<typeof sampleChange>[0] = {}) =>
  parsePatch(text, sampleChange(over), 'v1', false);
const rows = (text: string, over = {}) => parsed(text, over).lines.map(({kind, text: said}) => `${kind}: ${said}`);

describe('a patch', () => {
  test('is hunks of lines with their numbers on both sides', () => {
    const {lines, hunks} = parsed(samplePatch(sampleChange()));
    expect(hunks).toEqual([0, 7]);
    expect(lines[0]).toEqual({kind: 'hunk', text: 'function totalOf(cart)', old: 10, new: 10});
    expect(lines.slice(1, 5).map(line => [line.kind, line.old, line.new])).toEqual([
      ['same', 10, 10],
      ['removed', 11, undefined],
      ['added', undefined, 11],
      ['added', undefined, 12],
    ]);
    expect(lines[8]).toMatchObject({kind: 'same', old: 120, new: 120});
  });
  test('ends a hunk by its count: lines that look like heads are lines', () => {
    const text = '@@ -1,2 +1,2 @@\n--- a/x\n+++ b/x\n-@@ -1 +1 @@\n+diff --git a b\n@@ -9 +9 @@\n-a\n+b\n';
    expect(rows(text)).toEqual([
      'hunk: ',
      'removed: -- a/x',
      'added: ++ b/x',
      'removed: @@ -1 +1 @@',
      'added: diff --git a b',
      'hunk: ',
      'removed: a',
      'added: b',
    ]);
  });
  test('shows what hides in a line, with tabs as blanks up to the next stop', () => {
    expect(rows('@@ -0,0 +1,3 @@\n+a\tb\n+x\x1b[2J\u202ey\r\n+\u200b日\tc\n').slice(1)).toEqual([
      'added: a   b',
      'added: x^[[2J<U+202E>y^M',
      'added: <U+200B>日 c',
    ]);
  });
  test('says that there is no line break at the end', () => {
    expect(rows('@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n').at(-1)).toBe('note: no line break at the end');
  });
  test.each([
    ['a mode', {kind: 'mode', newMode: '100755'}, 'a file → executable'],
    ['a name', {kind: 'renamed', from: 'old\n.ts'}, 'was old^J.ts'],
    ['bytes', {binary: true}, 'binary: not shown'],
    ['a link', {kind: 'added', oldMode: null, newMode: '120000'}, 'a link'],
  ] as const)('begins with %s in words', (_what, over, said) => {
    expect(rows(samplePatch(sampleChange(over)), over)[0]).toBe(`note: ${said}`);
  });
  test('is cut where nobody would read on, and says so', () => {
    const many = mostDiffLines + 10;
    const {lines} = parsed(`@@ -0,0 +1,${many} @@\n${'+x\n'.repeat(many)}`);
    expect(lines).toHaveLength(mostDiffLines + 1);
    expect(lines.at(-1)).toMatchObject({kind: 'note', text: expect.stringContaining('it goes on')});
    expect(parsePatch('@@ -0,0 +1,5 @@\n+x\n', sampleChange(), 'v1', true).lines.at(-1)?.kind).toBe('note');
  });
  test('without sense is an empty one', () => {
    expect(rows('')).toEqual([]);
    expect(rows('@@ nothing @@\n+a\n@@ -x +y @@\n')).toEqual([]);
  });
});

describe('the place in a diff', () => {
  const height = 5;
  const three = ['a', 'b', 'c'].map(path => sampleChange({path}));
  const patchOf = (path: string, version = 'v1', text?: string) => {
    const change = sampleChange({path});
    return parsePatch(text ?? samplePatch(change), change, version, false);
  };
  const opened = (): DiffState =>
    ['a', 'b', 'c'].reduce(
      (diff, path) => withPatch(diff, path, patchOf(path), height),
      withChanges(newDiff('id'), changesOf(three)),
    );
  const place = (diff: DiffState) => [fileInView(diff)?.path, diff.hunk, diff.top];

  test('goes from hunk to hunk and on into the next file, and the same way back', () => {
    const places = [opened()];
    for (let step = 0; step < 6; step++) places.push(moveHunk(places.at(-1)!, 1, height));
    expect(places.map(diff => place(diff).slice(0, 2))).toEqual([
      ['a', 0],
      ['a', 1],
      ['b', 0],
      ['b', 1],
      ['c', 0],
      ['c', 1],
      ['c', 1],
    ]);
    let back = places.at(-1)!;
    for (let step = 0; step < 8; step++) back = moveHunk(back, -1, height);
    expect(place(back)).toEqual(['a', 0, 0]);
  });
  test('a hunk that is in view as a whole does not move', () => {
    expect(place(moveHunk(opened(), 1, 40))).toEqual(['a', 1, 0]);
    expect(place(moveHunk(opened(), 1, height))).toEqual(['a', 1, 7]);
  });
  test('back goes first to the beginning of the hunk that one is in', () => {
    const inside = scrollDiff(moveHunk(opened(), 1, height), 1, height);
    expect(place(inside)).toEqual(['a', 1, 8]);
    expect(place(moveHunk(inside, -1, height))).toEqual(['a', 1, 7]);
  });
  test('back into a file that is not read yet waits for its last hunk', () => {
    const unread = withChanges(newDiff('id'), changesOf(three));
    const back = moveHunk({...unread, at: 1}, -1, height);
    expect(place(withPatch(back, 'a', patchOf('a'), height))).toEqual(['a', 1, 7]);
  });
  test('scrolling stays within the file; the hunk is the one at the top', () => {
    const down = scrollDiff(opened(), 100, height);
    expect(place(down)).toEqual(['a', 1, 9]);
    expect(place(scrollDiff(down, -100, height))).toEqual(['a', 0, 0]);
  });
  test('pages go on into the next file, and back to the end of the one before', () => {
    const places = [opened()];
    for (let step = 0; step < 4; step++) places.push(pageDiff(places.at(-1)!, height - 1, height));
    expect(places.map(place)).toEqual([
      ['a', 0, 0],
      ['a', 0, 4],
      ['a', 1, 8],
      ['a', 1, 9],
      ['b', 0, 0],
    ]);
    expect(place(pageDiff(places.at(-1)!, 1 - height, height))).toEqual(['a', 1, 9]);
    expect(place(pageDiff(opened(), 1 - height, height))).toEqual(['a', 0, 0]);
  });
  test('files go one by one and end at the ends', () => {
    const last = moveFile(moveFile(moveFile(opened(), 1, height), 1, height), 1, height);
    expect(place(last)).toEqual(['c', 0, 0]);
    expect(endsOf(last)).toMatchObject({files: 3, firstFile: false, lastFile: true, lastHunk: false});
    expect(endsOf(moveHunk(last, 1, height))?.lastHunk).toBe(true);
    expect(endsOf(opened())).toMatchObject({firstFile: true, firstHunk: true});
  });
  test('another list keeps the file, also under a new name', () => {
    const at = moveHunk(moveFile(opened(), 1, height), 1, height);
    const more = withChanges(at, changesOf([sampleChange({path: '0'}), ...three], {version: 'v2'}));
    expect(place(more)).toEqual(['b', 1, 7]);
    const moved = withChanges(at, changesOf([sampleChange({path: 'z', from: 'b', kind: 'renamed'})]));
    expect(fileInView(moved)?.path).toBe('z');
  });
  test('a file that is gone gives its place to the next one, and to nothing', () => {
    const at = moveHunk(moveFile(opened(), 1, height), 1, height);
    expect(place(withChanges(at, changesOf([three[0]!, three[2]!])))).toEqual(['c', 0, 0]);
    expect(place(withChanges(at, changesOf([three[0]!])))).toEqual(['a', 0, 0]);
    expect(place(withChanges(at, changesOf([])))).toEqual([undefined, 0, 0]);
  });
  test('a changed file keeps the lines that one reads', () => {
    const at = moveHunk(opened(), 1, height);
    // What came above moves the new numbers, not the old ones.
    const grown = samplePatch(sampleChange({path: 'a'})).replaceAll(
      /\+(10|120),/g,
      (_, line) => `+${Number(line) + 300},`,
    );
    const text = sampleHunk(2) + grown;
    const next = withPatch(at, 'a', patchOf('a', 'v2', text), height);
    expect(place(next)).toEqual(['a', 2, 14]);
    expect(patchInView(next)?.version).toBe('v2');
  });
  test('keeps few patches, the one in view among them', () => {
    const many = Array.from({length: 50}, (_, at) => sampleChange({path: `f${at}`}));
    const diff = many.reduce(
      (now, {path}) => withPatch(now, path, patchOf(path), height),
      withChanges(newDiff('id'), changesOf(many)),
    );
    expect(diff.patches.size).toBeLessThan(10);
    expect(diff.patches.has('f0')).toBe(true);
  });
});

describe('the diff tab', () => {
  const shown = (diff: DiffState, width: number, height = 20) => diffLines(diff, {width, height}).map(textOf);
  const opened = (changes = everyChange()) => {
    const [first] = changes.files;
    const diff = withChanges(newDiff('id'), changes);
    return first ? withPatch(diff, first.path, parsePatch(samplePatch(first), first, 'v1', false), 18) : diff;
  };

  test('says nothing at first, that it looks when it takes long, and that there is nothing', () => {
    expect(shown(newDiff('id'), 80)).toEqual([]);
    expect(shown({...newDiff('id'), late: true}, 80)).toEqual(['looking…']);
    expect(shown(opened(changesOf([])), 80)).toEqual(['No changes that are not applied.']);
    const refused = [{path: 'dev/sda', why: 'a device'}];
    expect(shown(opened(changesOf([], {refused})), 80)).toContain('not looked at: dev/sda: a device');
  });
  test('has the files beside the hunks where there is room, else the one above its hunks', () => {
    const wide = shown(opened(), 120);
    expect(wide[2]).toMatch(/^▌M src\/cart\.ts +\+12 −3 │ ▌@@ 10 → 10 @@/);
    expect(wide.some(line => line.includes('not looked at: pipe^[[31m'))).toBe(true);
    const narrow = shown(opened(), 60);
    expect(narrow[0]).toMatch(/^8 files {2}\+157 −1\.8k {2}2 not looked at +file 1\/8 · hunk 1\/2$/);
    expect(narrow[1]).toMatch(/^M src\/cart\.ts +\+12 −3$/);
    expect(narrow[2]).toMatch(/^▌@@ 10/);
  });
  test('is never wider or higher than its place, and never says what a terminal would do', () => {
    let diff = opened(changesOf([...everyChange().files, sampleChange({path: '名'.repeat(4000), kind: 'added'})]));
    for (let step = 0; step < 12; step++) {
      for (const width of [20, 44, 68, 99, 100, 140, 260]) {
        for (const height of [1, 3, 20]) {
          const lines = diffLines(diff, {width, height});
          expect(lines.length).toBeLessThanOrEqual(height);
          expect(Math.max(0, ...lines.map(lineWidth))).toBeLessThanOrEqual(width);
          expect(lines.map(textOf).join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
        }
      }
      diff = moveFile(diff, 1, 18);
      const file = fileInView(diff)!;
      diff = withPatch(diff, file.path, parsePatch(samplePatch(file), file, 'v1', false), 18);
    }
  });
});

test('numbers stay short', () => {
  expect([0, 999, 1000, 1804, 12_400, 999_999, 1_250_000].map(shortNumber)).toEqual([
    '0',
    '999',
    '1k',
    '1.8k',
    '12k',
    '999k',
    '1.2M',
  ]);
  expect(textOf(countSpans({added: 12, removed: 0}))).toBe('+12');
  expect(textOf(countSpans({added: 0, removed: 0}))).toBe('');
});

test.each([
  [{kind: 'added', added: 3, removed: 0}, /^A src\/cart\.ts +\+3$/],
  [{kind: 'deleted', added: 0, removed: 3}, /^D src\/cart\.ts +−3$/],
  [{kind: 'renamed', from: 'src/basket.ts'}, /^R src\/basket\.ts → src\/cart\.ts +\+2 −1$/],
  [{kind: 'mode', newMode: '100755', added: 0, removed: 0}, /^M src\/cart\.ts +\+x$/],
  [{oldMode: '100755', newMode: '100644', added: 0, removed: 0}, /^M src\/cart\.ts +−x$/],
  [{oldMode: '100644', newMode: '120000'}, /type \+2 −1$/],
  [{binary: true, added: 0, removed: 0}, /binary$/],
] as const)('a file with %j in one line', (over, line) => {
  expect(textOf(fileLine(sampleChange(over), 50))).toMatch(line);
});

test('a long path keeps its beginning and its last name', () => {
  expect(shortenPath('packages/one/two/three/file.ts', 20)).toBe('packages/on…/file.ts');
  expect(shortenPath('a/very-long-name-of-a-file.ts', 12)).toBe('…f-a-file.ts');
  expect(widthOf(shortenPath('日本語/日本語/日本語/ファイル.ts', 17))).toBeLessThanOrEqual(17);
});

test('what could hide in a text is spelled out', () => {
  expect(visible('a\x1b[31m\n\x7f\x9b\u2066\u{e0041}é👩‍💻')).toBe('a^[[31m^J^?<U+009B><U+2066><U+E0041>é👩‍💻');
  expect(visible('x'.repeat(5000)).length).toBeLessThan(1100);
});
