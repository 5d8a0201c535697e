import type {DiffFile} from '../shadow/diff-files.ts';
import {ourGit} from '../shadow/git.ts';
import {linksIn} from './result.ts';

export interface Parted {
  /** Files within submodules: the history of the repository around them has no place for these. */
  readonly inside: readonly DiffFile[];
  readonly outside: readonly DiffFile[];
}

/** Parts changed files by the submodules that a commit of the shadow has. */
export async function partBySubmodules(shadow: string, commit: string, files: readonly DiffFile[]): Promise<Parted> {
  const links = files.length === 0 ? [] : await linksIn(ourGit(shadow), commit);
  const isInside = ({raw, rawFrom}: DiffFile) =>
    links.some(([path]) => [raw, rawFrom].some(name => name === path || name?.startsWith(`${path}/`)));
  return {inside: files.filter(isInside), outside: files.filter(file => !isInside(file))};
}
