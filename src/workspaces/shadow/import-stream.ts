import type {RawName} from '../../lib/beneath.ts';
import type {FileMode} from './table.ts';

export interface ImportedFile {
  readonly path: RawName;
  readonly mode: FileMode;
  readonly content: Uint8Array;
}

export interface Import {
  readonly ref: string;
  /** The commit it is made from; undefined for the first one. */
  readonly from: string | undefined;
  /** The tree it has before what follows, instead of that of `from`. */
  readonly tree?: string;
  readonly deleted: readonly RawName[];
  readonly files?: readonly ImportedFile[];
  /** What git has already, by its id: files, and links to commits. */
  readonly known?: readonly {readonly path: RawName; readonly mode: string; readonly id: string}[];
}

/** As `git fast-import` reads names: quoted, everything that is not plain as octal bytes. */
export const quotedName = (path: RawName): string =>
  `"${path.replace(/[^ !#-[\]-~]/g, byte => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`)}"`;

/**
 * One commit, as the input of `git fast-import --done`, which then prints its id. It names no time and no person: the same files of
 * the same commit give the same id.
 */
export function importStream({ref, from, tree, deleted, files = [], known = []}: Import): Buffer {
  const head = [`commit ${ref}`, 'mark :1', 'committer Trails <trails@localhost> 0 +0000', 'data 0'];
  const origin = from === undefined ? [] : [`from ${from}`];
  const lines = [
    ...head,
    ...origin,
    ...(tree === undefined ? [] : [`M 040000 ${tree} ""`]),
    ...deleted.map(path => `D ${quotedName(path)}`),
    ...known.map(({path, mode, id}) => `M ${mode} ${id} ${quotedName(path)}`),
  ];
  const parts: Uint8Array[] = [Buffer.from(`${lines.join('\n')}\n`, 'latin1')];
  for (const {path, mode, content} of files) {
    parts.push(Buffer.from(`M ${mode} inline ${quotedName(path)}\ndata ${content.byteLength}\n`, 'latin1'));
    parts.push(content, Buffer.from('\n'));
  }
  parts.push(Buffer.from('\nget-mark :1\ndone\n'));
  return Buffer.concat(parts);
}
