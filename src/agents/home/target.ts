import {existsSync, lchownSync, mkdirSync} from 'node:fs';
import type {RawName} from '../../lib/beneath.ts';

/** A session's home while it is being made: whoever it will belong to, nobody but us writes there yet. */
export interface HomeTarget {
  readonly directory: string;
  at(path: RawName): Buffer;
  /** Undefined where what we make is theirs already. */
  readonly owner: {readonly uid: number; readonly gid: number} | undefined;
}

/** Only root can give files away. */
export function homeTarget(directory: string, owner: {readonly uid: number; readonly gid: number}): HomeTarget {
  const ours = process.getuid?.() !== 0 || owner.uid === 0;
  const target: HomeTarget = {
    directory,
    at: path => Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(path, 'latin1')]),
    owner: ours ? undefined : owner,
  };
  mkdirSync(directory, {recursive: true, mode: 0o755});
  owned(target, Buffer.from(directory));
  return target;
}

export function owned({owner}: HomeTarget, place: Buffer): void {
  if (owner) lchownSync(place, owner.uid, owner.gid);
}

/** Makes a directory of the home with those above it; one that is there stays as it is. */
export function madeDirectory(target: HomeTarget, path: RawName): Buffer {
  const names = path.split('/');
  for (const [index] of names.entries()) {
    const place = target.at(names.slice(0, index + 1).join('/'));
    if (existsSync(place)) continue;
    mkdirSync(place, {mode: 0o700});
    owned(target, place);
  }
  return target.at(path);
}
