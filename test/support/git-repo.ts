import {execFileSync} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {makeTree, type Tree} from './file-tree.ts';

/** Nothing of who runs the tests: no settings, no repository that is named around them. */
export const gitEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  ...{GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C'},
  ...{GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z'},
};

const settings = [
  ...['user.name=Ada', 'user.email=ada@example.org', 'init.defaultBranch=main', 'commit.gpgSign=false'],
  ...['protocol.file.allow=always', 'advice.detachedHead=false', 'core.quotePath=false'],
].flatMap(setting => ['-c', setting]);

/** Runs git in a directory and answers with what it prints, without the last line's end. Throws with what it says. */
export const git = (directory: string, ...args: readonly string[]): string =>
  execFileSync('git', [...settings, '-C', directory, ...args], {env: gitEnv, stdio: ['ignore', 'pipe', 'pipe']})
    .toString()
    .replace(/\n$/, '');

/** Commits everything there is in a work tree; answers with the commit. */
export function commitAll(directory: string, message: string): string {
  git(directory, 'add', '-A');
  git(directory, 'commit', '-q', '--allow-empty', '-m', message);
  return git(directory, 'rev-parse', 'HEAD');
}

/** A repository whose branch main has one commit of these files, by somebody with a name of their own. */
export function makeRepository(directory: string, files: Tree, ...options: readonly string[]): string {
  mkdirSync(directory, {recursive: true});
  git(directory, 'init', '-q', ...options);
  git(directory, 'config', 'user.name', 'Ada');
  git(directory, 'config', 'user.email', 'ada@example.org');
  makeTree(directory, files);
  commitAll(directory, 'begin');
  return directory;
}
