import type {Git} from './git.ts';
import {type Import, importStream} from './import-stream.ts';

/** Writes a commit of what a repository of ours has already, and answers with its id. */
export const writeCommit = async (git: Git, change: Omit<Import, 'ref' | 'files'>): Promise<string> =>
  (
    await git.run(['fast-import', '--quiet', '--force', '--done'], {
      input: importStream({...change, ref: 'refs/trails/written'}),
    })
  ).trim();
