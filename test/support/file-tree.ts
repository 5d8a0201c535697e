import {createHash} from 'node:crypto';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type {FileState, FileWrite} from '../../src/workspaces/writing/file-write.ts';

/** What is at each path, whose bytes are latin1: a file's text, `x:` before one that may be executed, `->` before a link's. */
export type Tree = Readonly<Record<string, string>>;

const raw = (path: string) => Buffer.from(path, 'latin1');
const idOf = (text: string) =>
  createHash('sha1')
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest('hex');
const parsed = (entry: string): {mode: FileState['mode']; text: string} => {
  if (entry.startsWith('->')) return {mode: '120000', text: entry.slice(2)};
  return entry.startsWith('x:') ? {mode: '100755', text: entry.slice(2)} : {mode: '100644', text: entry};
};

export const stateOf = (entry: string | undefined): FileState | null => {
  if (entry === undefined) return null;
  const {mode, text} = parsed(entry);
  return {mode, id: idOf(text)};
};

export function makeTree(directory: string, tree: Tree): void {
  mkdirSync(directory, {recursive: true});
  for (const [path, entry] of Object.entries(tree)) {
    const at = Buffer.concat([Buffer.from(`${directory}/`), raw(path)]);
    const slash = path.lastIndexOf('/');
    if (slash !== -1)
      mkdirSync(Buffer.concat([Buffer.from(`${directory}/`), raw(path.slice(0, slash))]), {recursive: true});
    const {mode, text} = parsed(entry);
    if (mode === '120000') symlinkSync(raw(text), at);
    else {
      writeFileSync(at, text);
      chmodSync(at, mode === '100755' ? 0o755 : 0o644);
    }
  }
}

/** Everything in a directory, an empty directory as `dir`, what is no file as `odd`. */
export function readTree(directory: string | Buffer, prefix = ''): Tree {
  const tree: Record<string, string> = {};
  for (const bytes of readdirSync(directory, {encoding: 'buffer'})) {
    const at = Buffer.concat([Buffer.from(directory), Buffer.from('/'), bytes]);
    const path = `${prefix}${bytes.toString('latin1')}`;
    const stat = lstatSync(at);
    if (stat.isSymbolicLink()) tree[path] = `->${readlinkSync(at, {encoding: 'buffer'}).toString('latin1')}`;
    else if (stat.isFile()) tree[path] = `${stat.mode & 0o100 ? 'x:' : ''}${readFileSync(at, 'utf8')}`;
    else if (!stat.isDirectory()) tree[path] = 'odd';
    else {
      const inner = readTree(at, `${path}/`);
      if (Object.keys(inner).length === 0) tree[path] = 'dir';
      Object.assign(tree, inner);
    }
  }
  return tree;
}

/** From one tree to another. */
export const writesBetween = (before: Tree, after: Tree): FileWrite[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(path => before[path] !== after[path])
    .map(path => ({path, old: stateOf(before[path]), new: stateOf(after[path])}));

/** Reads blobs of these trees. */
export const contentOf = (...trees: readonly Tree[]) => {
  const blobs = new Map(
    trees.flatMap(tree => Object.values(tree)).map(entry => [stateOf(entry)!.id, Buffer.from(parsed(entry).text)]),
  );
  return async (id: string): Promise<Uint8Array> => {
    const found = blobs.get(id);
    if (!found) throw new Error(`No blob ${id}`);
    return found;
  };
};
