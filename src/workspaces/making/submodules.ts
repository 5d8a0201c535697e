import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {nameText} from '../../lib/beneath.ts';
import {GitFailed, gitWords, localGit, userGit} from '../shadow/git.ts';
import {withoutCredentials} from './source.ts';

export interface SubmoduleRequest {
  /** The clone's work tree, and its git directory. */
  readonly files: string;
  readonly gitDirectory: string;
  /** Where the user's own repository has its modules. */
  readonly modules: string;
  readonly commit: string;
  readonly noLargeFiles: readonly string[];
  readonly signal: AbortSignal;
  /** Before `path`, for those within others. */
  readonly prefix?: string;
}

export interface Submodules {
  /** Paths that have files now. */
  readonly made: readonly string[];
  /** Paths that stay empty, with the reason. */
  readonly left: readonly {readonly path: string; readonly why: string}[];
}

interface Module {
  readonly path: string;
  readonly name: string;
  readonly url: string;
  readonly commit: string;
}

/** A name becomes a path below modules/. */
const isPlain = (name: string): boolean => name !== '' && !path.isAbsolute(name) && !name.split(/[\\/]/).includes('..');

async function modulesOf(files: string, commit: string): Promise<readonly Module[]> {
  const git = userGit(files);
  const tree = await git.run(['ls-tree', '-r', '-z', commit]);
  const links = new Map(
    nameText(tree)
      .split('\0')
      .flatMap(row => {
        const [, id, at] = /^160000 commit ([0-9a-f]+)\t([\s\S]*)$/.exec(row) ?? [];
        return id === undefined || at === undefined ? [] : [[at, id] as const];
      }),
  );
  if (links.size === 0) return [];
  const settings = await git.run(['config', '--blob', `${commit}:.gitmodules`, '-l', '-z']).catch(() => '');
  const found = new Map<string, {path?: string; url?: string}>();
  for (const setting of nameText(settings).split('\0')) {
    const [, name = '', key, value = ''] = /^submodule\.([\s\S]*)\.(path|url)\n([\s\S]*)$/.exec(setting) ?? [];
    if (key && isPlain(name)) found.set(name, {...found.get(name), [key]: value});
  }
  return [...found].flatMap(([name, {path: at = '', url = ''}]) => {
    const id = links.get(at);
    return id === undefined ? [] : [{path: at, name, url, commit: id}];
  });
}

/**
 * Fills the submodules of a fresh clone from the user's own ones, without a network. Their git directories are inside the clone's, all
 * of it by relative paths: it is at another place inside.
 */
export async function fillSubmodules(request: SubmoduleRequest): Promise<Submodules> {
  const {files, gitDirectory, modules, commit, noLargeFiles, signal, prefix = ''} = request;
  const made: string[] = [];
  const left: {path: string; why: string}[] = [];
  for (const module of await modulesOf(files, commit)) {
    const shown = prefix + module.path;
    const from = path.join(modules, module.name);
    if (!existsSync(path.join(from, 'HEAD'))) {
      left.push({path: shown, why: 'it is not initialised in your repository'});
      continue;
    }
    const to = path.join(gitDirectory, 'modules', module.name);
    const tree = path.join(files, module.path);
    try {
      await localGit.run(['clone', '-q', '--local', '--no-hardlinks', '--bare', '--template=', from, to], {signal});
      mkdirSync(tree, {recursive: true});
      writeFileSync(path.join(tree, '.git'), `gitdir: ${path.relative(tree, to)}\n`);
      const inside = userGit(tree);
      const settings = [
        ['core.bare', 'false'],
        ['core.worktree', path.relative(to, tree)],
        ['remote.origin.url', withoutCredentials(module.url)],
      ];
      for (const [key = '', value = ''] of settings) await localGit.run([`--git-dir=${to}`, 'config', key, value]);
      await userGit(files).run(['config', `submodule.${module.name}.url`, withoutCredentials(module.url)]);
      await inside.run([...noLargeFiles, 'checkout', '-q', '--detach', module.commit], {signal});
      made.push(shown);
    } catch (error) {
      if (!(error instanceof GitFailed)) throw error;
      left.push({path: shown, why: gitWords(error)});
      continue;
    }
    const within = {...request, files: tree, gitDirectory: to, modules: path.join(from, 'modules')};
    const deeper = await fillSubmodules({...within, commit: module.commit, prefix: `${shown}/`});
    made.push(...deeper.made);
    left.push(...deeper.left);
  }
  return {made, left};
}
