import {nameText, type RawName} from '../../lib/beneath.ts';

export type DiffKind = 'added' | 'modified' | 'deleted' | 'renamed' | 'mode';

/** One file that is different between two trees. */
export interface DiffFile {
  readonly raw: RawName;
  readonly rawFrom: RawName | null;
  readonly kind: DiffKind;
  readonly added: number;
  readonly removed: number;
  readonly binary: boolean;
  readonly oldMode: string | null;
  readonly newMode: string | null;
  readonly oldId: string | null;
  readonly newId: string | null;
}

/** What `git diff-tree` is asked for, to be read by `parseDiff`. */
export const diffArguments = (from: string, to: string): readonly string[] => [
  ...['diff-tree', '-r', '-z', '--raw', '--numstat', '--no-abbrev', '-M', '-l400', '--no-ext-diff', '--no-textconv'],
  ...[from, to, '--'],
];

const nothing = '000000';

function kindOf(letter: string, oldMode: string, newMode: string, sameContent: boolean): DiffKind {
  if (letter === 'A') return 'added';
  if (letter === 'D') return 'deleted';
  if (letter === 'R') return 'renamed';
  return sameContent && oldMode !== newMode ? 'mode' : 'modified';
}

/** Reads what `git diff-tree -z --raw --numstat` printed: first a record for each file, then the numbers of each. */
export function parseDiff(printed: string): readonly DiffFile[] {
  const fields = printed.split('\0');
  const files: Omit<DiffFile, 'added' | 'removed' | 'binary'>[] = [];
  let at = 0;
  const next = () => fields[at++] ?? '';
  while (fields[at]?.startsWith(':')) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = next().slice(1).split(' ');
    const first = next();
    const renamed = status.startsWith('R');
    files.push({
      raw: renamed ? next() : first,
      rawFrom: renamed ? first : null,
      kind: kindOf(status[0] ?? '', oldMode, newMode, oldId === newId),
      ...{oldMode: oldMode === nothing ? null : oldMode, newMode: newMode === nothing ? null : newMode},
      ...{oldId: oldMode === nothing ? null : oldId, newId: newMode === nothing ? null : newId},
    });
  }
  const numbers = new Map<RawName, {added: number; removed: number; binary: boolean}>();
  while (at < fields.length && fields[at] !== '') {
    const [added = '', removed = '', ...name] = next().split('\t');
    // A rename has its two names behind it. A name may hold tabs.
    let path = name.join('\t');
    if (path === '') {
      next();
      path = next();
    }
    numbers.set(path, {added: Number(added) || 0, removed: Number(removed) || 0, binary: added === '-'});
  }
  return files.map(file => ({...file, ...(numbers.get(file.raw) ?? {added: 0, removed: 0, binary: false})}));
}

/** As clients see it. */
export const publicFile = ({raw, rawFrom, oldId: _, newId: __, ...file}: DiffFile) => ({
  ...file,
  path: nameText(raw),
  from: rawFrom === null ? null : nameText(rawFrom),
});
