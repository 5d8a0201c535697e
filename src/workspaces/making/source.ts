import {existsSync, readFileSync, statSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {nameText} from '../../lib/beneath.ts';
import {type Git, GitFailed, gitWords, userGit} from '../shadow/git.ts';

/** A repository of the user's that a workspace is made of. */
export interface Source {
  /** The work tree, or the git directory of a bare repository. */
  readonly directory: string;
  readonly bare: boolean;
  /** Where modules and shared settings are; of a linked work tree that of the main one. */
  readonly commonDirectory: string;
  /** The commit to begin at. */
  readonly base: string;
  /** What is checked out; null when it is no branch. */
  readonly branch: string | null;
  readonly git: Git;
}

/** Whether git would take this directory for a part of a repository. Cheap: asked at each key of a form. */
export function isInRepository(directory: string): boolean {
  for (let at = directory; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return true;
    if (at === path.dirname(at)) break;
  }
  return isBare(directory);
}

const isBare = (directory: string): boolean =>
  ['HEAD', 'objects', 'refs'].every(name => existsSync(path.join(directory, name)));

/** Finds the repository of a directory, and the commit a clone begins at. Throws REPO_UNUSABLE, GIT_MISSING. */
export async function openSource(directory: string, base?: string): Promise<Source> {
  const git = userGit(directory);
  const refuse = (why: string, hint?: string) =>
    new AppError('REPO_UNUSABLE', `${directory} cannot be cloned: ${why}`, hint === undefined ? {} : {hint});
  let answers: readonly string[];
  try {
    const asked = ['--is-bare-repository', '--path-format=absolute', '--git-common-dir', '--git-dir'];
    answers = nameText(await git.run(['rev-parse', ...asked])).split('\n');
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error;
    throw refuse(gitWords(error), 'Use `--workspace copy` for a directory that is no git repository.');
  }
  const [bareWord, commonDirectory = '', gitDirectory = ''] = answers;
  const bare = bareWord === 'true';
  const top = bare ? gitDirectory : nameText(await git.run(['rev-parse', '--show-toplevel'])).replace(/\n$/, '');
  const [commit, branch] = await Promise.all([
    git.run(['rev-parse', '-q', '--verify', '--end-of-options', `${base ?? 'HEAD'}^{commit}`]).catch(() => ''),
    git.run(['symbolic-ref', '-q', '--short', 'HEAD']).catch(() => ''),
  ]);
  if (commit.trim() === '') {
    if (base !== undefined)
      throw refuse(`it has no commit "${base}"`, 'Give a branch, a tag or a commit of it: `--base REF`.');
    throw refuse('it has no commit yet', 'Commit something first, or use `--workspace copy`.');
  }
  return {
    ...{directory: top, bare, commonDirectory, base: commit.trim(), git: userGit(top)},
    branch: nameText(branch.trim()) || null,
  };
}

/** Whether there is anything to clone: a repository with a commit. */
export const canClone = (directory: string): Promise<boolean> =>
  isInRepository(directory)
    ? openSource(directory).then(
        () => true,
        () => false,
      )
    : Promise.resolve(false);

const small = 2 ** 20;
const textOf = (file: string): string => {
  const found = statSync(file, {throwIfNoEntry: false});
  return found?.isFile() && found.size < small ? `${readFileSync(file, 'latin1')}\n` : '';
};

/** What the user ignores besides the .gitignore files, everywhere and in this repository: as those are written, a character a byte. */
export async function excludesOf({git, commonDirectory}: Source): Promise<string> {
  const set = await git.run(['config', '--type=path', 'core.excludesFile']).catch(() => '');
  const base = process.env.XDG_CONFIG_HOME || path.join(homedir(), '.config');
  const everywhere = nameText(set.trim()) || path.join(base, 'git/ignore');
  return textOf(everywhere) + textOf(path.join(commonDirectory, 'info/exclude'));
}

/** Settings of the user's that a clone goes on with. */
const carried = ['user.name', 'user.email', 'core.autocrlf', 'core.eol', 'core.ignorecase', 'init.defaultBranch'];

export async function settingsOf({git}: Source): Promise<readonly (readonly [name: string, value: string])[]> {
  const ask = async (name: string) => {
    const value = await git.run(['config', name]).catch(() => undefined);
    return value === undefined ? undefined : ([name, nameText(value.replace(/\n$/, ''))] as const);
  };
  const found = await Promise.all(carried.map(ask));
  return found.filter(one => one !== undefined);
}

/** Who the user is to git. */
export async function identityOf({git}: Source): Promise<{readonly name: string; readonly email: string}> {
  const ask = async (key: string, otherwise: string) =>
    nameText((await git.run(['config', key]).catch(() => '')).trim()) || otherwise;
  return {name: await ask('user.name', 'Trails'), email: await ask('user.email', 'trails@localhost')};
}

/** An address without the name and the password that may be in it. */
export const withoutCredentials = (url: string): string => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1');
