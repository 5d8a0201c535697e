import {appendFileSync, copyFileSync, existsSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {nameText, rawName} from '../../lib/beneath.ts';
import {faultPoint} from '../../lib/fault.ts';
import {branchOf, type Places, shadowRefs} from '../places.ts';
import {type Git, GitFailed, gitWords, localGit, ourGit, userGit} from '../shadow/git.ts';
import {quotedName} from '../shadow/import-stream.ts';
import {type Source, settingsOf, withoutCredentials} from './source.ts';
import {fillSubmodules} from './submodules.ts';
import {bringChanges} from './with-changes.ts';

export interface CloneRequest {
  readonly source: Source;
  /** The session's: names the branch. */
  readonly name: string;
  readonly places: Places;
  /** What is not committed comes along. */
  readonly withChanges: boolean;
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

/** Large files stay the pointers that they are in the commits: fetching them is for the one who has the keys. */
const noLargeFiles = ['filter.lfs.smudge=', 'filter.lfs.process=', 'filter.lfs.required=false'].flatMap(one => [
  '-c',
  one,
]);

const text = (raw: string): string => nameText(raw.replace(/\n$/, ''));

/** There is something in the user's work tree that is not committed. */
const isChanged = async ({git, bare}: Source): Promise<boolean> =>
  !bare && (await git.run(['status', '--porcelain', '--ignore-submodules=all']).catch(() => '')) !== '';

/** The same sparse patterns as in the user's work tree. */
async function sparseSettings({git}: Source, files: string): Promise<readonly string[]> {
  const on = await git.run(['config', '--type=bool', 'core.sparseCheckout']).catch(() => '');
  if (on.trim() !== 'true') return [];
  const cone = await git.run(['config', '--type=bool', 'core.sparseCheckoutCone']).catch(() => '');
  const patterns = text(await git.run(['rev-parse', '--path-format=absolute', '--git-path', 'info/sparse-checkout']));
  mkdirSync(path.join(files, '.git/info'), {recursive: true});
  copyFileSync(patterns, path.join(files, '.git/info/sparse-checkout'));
  return ['core.sparseCheckout=true', `core.sparseCheckoutCone=${cone.trim() || 'false'}`];
}

/** The clone points at where the user's own repository came from: the way back to the user's is ours, not a push. */
async function pointOrigin({git}: Source, files: string): Promise<void> {
  const url = text(await git.run(['config', 'remote.origin.url']).catch(() => ''));
  const clone = userGit(files);
  // A path of this machine means nothing inside.
  if (url === '' || url.startsWith('/') || url.startsWith('.'))
    await clone.run(['config', '--remove-section', 'remote.origin']);
  else await clone.run(['config', 'remote.origin.url', withoutCredentials(url)]);
}

/** A branch that the clone has of the repository's, where its own one is to be, goes: it is still there as origin's. */
async function makeRoom(clone: Git, own: string): Promise<void> {
  const branch = text(await clone.run(['symbolic-ref', '-q', '--short', 'HEAD']).catch(() => ''));
  if (branch === '' || (!`${own}/`.startsWith(`${branch}/`) && !branch.startsWith(`${own}/`))) return;
  await clone.run(['symbolic-ref', 'HEAD', 'refs/heads/trails-begins']);
  await clone.run(['update-ref', '-d', `refs/heads/${branch}`]);
}

const usesLargeFiles = (clone: Git, commit: string): Promise<boolean> =>
  clone.run(['grep', '-q', '-F', '-e', 'filter=lfs', commit, '--', ':(glob)**/.gitattributes']).then(
    () => true,
    () => false,
  );

/**
 * What the user commits later is read where it is, for merges. What the shadow was made of it has itself: it is still whole when the
 * user's repository is gone.
 */
function lendObjects({commonDirectory}: Source, shadow: string): void {
  const info = path.join(shadow, 'objects/info');
  mkdirSync(info, {recursive: true});
  appendFileSync(
    path.join(info, 'alternates'),
    `${quotedName(rawName(path.join(commonDirectory, 'objects')))}\n`,
    'latin1',
  );
}

/**
 * A clone of a repository that shares no file with it, on a branch of the session's, and the host's own repository of the same commits.
 * Runs before there is an agent: the files are still ours alone. Answers with what a person should know of it, in lines. Throws
 * REPO_UNUSABLE; what is half made is the caller's to remove.
 */
export async function makeClone(request: CloneRequest): Promise<readonly string[]> {
  const {source, name, places, onStep, signal} = request;
  const {directory, base} = source;
  const {files, shadow} = places;
  try {
    onStep('cloning the repository');
    const settings = (await settingsOf(source)).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    // A clone of a path is a local one. Asked for by name it would fail where files cannot be linked: from another file system.
    const alike = ['clone', '-q', '--template='];
    // What it borrows from other repositories of this machine is not to be had inside.
    const own = existsSync(path.join(source.commonDirectory, 'objects/info/alternates')) ? ['--dissociate'] : [];
    const [stays] = await Promise.all([
      request.withChanges ? false : isChanged(source),
      // The host's one may share its files: no agent can reach it.
      localGit.run([...alike, '--bare', '-c', 'pack.window=0', directory, shadow], {signal}),
      localGit.run([...alike, ...own, '--no-hardlinks', '--no-checkout', ...settings, directory, files], {signal}),
    ]);
    lendObjects(source, shadow);
    faultPoint('clone.cloned');
    onStep(`checking out its files${stays ? '; what is not committed stays behind without --with-changes' : ''}`);
    const clone = userGit(files);
    for (const setting of await sparseSettings(source, files)) {
      const [key = '', value = ''] = setting.split('=');
      await clone.run(['config', key, value]);
    }
    await makeRoom(clone, branchOf(name));
    const [pointers] = await Promise.all([
      usesLargeFiles(clone, base),
      clone.run(
        [...noLargeFiles, '-c', 'checkout.workers=2', 'checkout', '-q', '--no-track', '-b', branchOf(name), base],
        {signal},
      ),
      ourGit(shadow).run(['update-ref', shadowRefs.made, base]),
    ]);
    await pointOrigin(source, files);
    const inside = {
      files,
      gitDirectory: path.join(files, '.git'),
      modules: path.join(source.commonDirectory, 'modules'),
    };
    const {left} = await fillSubmodules({...inside, commit: base, noLargeFiles, signal});
    if (request.withChanges) await bringChanges(source, files);
    return [
      ...(pointers ? ['large files (LFS) stay the pointers that they are in the commits'] : []),
      ...left.map(({path, why}) => `submodule ${path} stays empty: ${why}`),
    ];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!(error instanceof GitFailed)) throw error;
    throw new AppError('REPO_UNUSABLE', `${directory} could not be cloned: ${gitWords(error)}`, {cause: error});
  }
}
