import type {ChangeKind, FileChange, WorkspaceChanges} from '../../src/sessions/port.ts';

const modes: Record<ChangeKind, Pick<FileChange, 'oldMode' | 'newMode'>> = {
  added: {oldMode: null, newMode: '100644'},
  modified: {oldMode: '100644', newMode: '100644'},
  deleted: {oldMode: '100644', newMode: null},
  renamed: {oldMode: '100644', newMode: '100644'},
  mode: {oldMode: '100644', newMode: '100755'},
};

export const sampleChange = (over: Partial<FileChange> = {}): FileChange => ({
  ...{path: 'src/cart.ts', from: null, kind: 'modified', added: 2, removed: 1, binary: false},
  ...modes[over.kind ?? 'modified'],
  ...over,
});

/** The files, their lines summed up. */
export const changesOf = (files: readonly FileChange[], over: Partial<WorkspaceChanges> = {}): WorkspaceChanges => ({
  files,
  added: files.reduce((sum, file) => sum + file.added, 0),
  removed: files.reduce((sum, file) => sum + file.removed, 0),
  refused: [],
  version: 'v1',
  ...over,
});

/** A hunk at this line: lines that stay around one that went and two that came. */
export const sampleHunk = (at: number, about = ''): string =>
  [
    `@@ -${at},4 +${at},5 @@${about === '' ? '' : ` ${about}`}`,
    ' \tconst total = sum(cart.lines);',
    '-\tif (coupon) total -= coupon.value;',
    '+\tif (coupon && !cart.used.has(coupon.id)) total -= coupon.value;',
    '+\tcart.used.add(coupon.id);',
    ' \treturn total;',
    ' }',
    '',
  ].join('\n');

/** A patch as git writes one, of two hunks. */
export const samplePatch = ({path, binary}: FileChange): string => {
  const head = `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n`;
  if (binary) return `${head}Binary files a/${path} and b/${path} differ\n`;
  return `${head}--- a/${path}\n+++ b/${path}\n${sampleHunk(10, 'function totalOf(cart)')}${sampleHunk(120)}`;
};

/** One file of each kind, with names that a person meets and names that nobody should. */
export const everyChange = (): WorkspaceChanges =>
  changesOf(
    [
      sampleChange({added: 12, removed: 3}),
      sampleChange({
        path: 'src/checkout/a-directory-with-a-long-name/and-another-one/coupon-codes.ts',
        kind: 'added',
        added: 140,
        removed: 0,
      }),
      sampleChange({path: 'src/legacy/totals.ts', kind: 'deleted', added: 0, removed: 1804}),
      sampleChange({path: 'src/money.ts', from: 'src/currency.ts', kind: 'renamed', added: 1, removed: 1}),
      sampleChange({path: 'scripts/release.sh', kind: 'mode', added: 0, removed: 0}),
      sampleChange({path: 'docs/logo.png', binary: true, added: 0, removed: 0}),
      sampleChange({path: 'evil\n\x1b[2Jname\u202etxt.exe', kind: 'added', added: 1, removed: 0}),
      sampleChange({path: '日本語/ファイル名がとても長いので切られるはずです.ts', added: 3, removed: 1}),
    ],
    {
      refused: [
        {path: 'dev/sda', why: 'a device'},
        {path: 'pipe\x1b[31m', why: 'a named pipe'},
      ],
    },
  );
