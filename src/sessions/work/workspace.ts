import {statSync, writeFileSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import {faultPoint} from '../../lib/fault.ts';
import {privateDirectory} from '../../lib/files.ts';
import type {Paths} from '../../lib/paths.ts';
import {bindableDirectory, checkoutOf, contains, readableDirectory} from '../../workspaces/making/bind.ts';
import {makeClone} from '../../workspaces/making/clone.ts';
import {refuseForeignDisk} from '../../workspaces/making/foreign-disk.ts';
import {canClone, excludesOf, isInRepository, openSource, type Source} from '../../workspaces/making/source.ts';
import {branchOf, type Places, placesIn} from '../../workspaces/places.ts';
import {agentRefs} from '../../workspaces/returning/agent-refs.ts';
import {threadPlaces} from '../../workspaces/shadow/review.ts';
import {copyDirectory} from '../../workspaces/tree/copy.ts';
import {type Context, sessionDirectory} from '../context.ts';
import {boundDisk} from '../fleet/bounds.ts';
import type {CreateRequest, WorkspaceMode} from '../port.ts';
import type {SessionFacts} from '../record.ts';

export const placesOf = (paths: Paths, id: string): Places => placesIn(sessionDirectory(paths, id));

/** The real path of a directory that a workspace of this kind can be made of. Throws REPO_UNUSABLE. */
export function directoryFor(mode: WorkspaceMode | undefined, directory: string, paths: Paths): string {
  if (mode === 'bind') {
    const real = bindableDirectory(directory);
    if (!contains(real, paths.state)) return real;
    throw new AppError('REPO_UNUSABLE', `${real} holds the state of Trails itself, which no agent may write`);
  }
  const real = readableDirectory(directory);
  if (!contains(paths.state, real)) return real;
  throw new AppError('REPO_UNUSABLE', `${real} is within the state of Trails, where agents write`);
}

/** Throws USAGE for what only a clone can be asked. */
export function checkCloneOptions(mode: WorkspaceMode, {base, withChanges = false}: CreateRequest): void {
  if (mode !== 'clone' && base !== undefined)
    throw new AppError('USAGE', `A ${mode} has no commit to begin at: --base is for a clone`);
  if (mode !== 'clone' && withChanges)
    throw new AppError('USAGE', `A ${mode} has everything as it is: --with-changes is for a clone`);
  if (base !== undefined && withChanges)
    throw new AppError('USAGE', 'Changes that are not committed go with what is checked out: not with another --base');
}

/** The kind of workspace that was asked for or, with nothing asked, that suits the directory. */
export const modeFor = async (request: CreateRequest, directory: string): Promise<WorkspaceMode> =>
  request.workspace ?? ((await canClone(directory)) ? 'clone' : 'copy');

/** The same without asking git, for a form. */
export const likelyMode = (request: CreateRequest, directory: string): WorkspaceMode =>
  request.workspace ?? (isInRepository(directory) ? 'clone' : 'copy');

/** What a session of this name and id will know of its workspace. Throws REPO_UNUSABLE, USAGE, GIT_MISSING. */
export async function workspaceFacts(
  {paths, machine}: Context,
  request: CreateRequest,
  {id, name}: Pick<SessionFacts, 'id' | 'name'>,
): Promise<SessionFacts['workspace']> {
  const directory = directoryFor(request.workspace, request.repo, paths);
  const mode = await modeFor(request, directory);
  checkCloneOptions(mode, request);
  const {files} = placesOf(paths, id);
  refuseForeignDisk(mode === 'bind' ? directory : files, machine.mounts?.() ?? '');
  if (mode === 'bind') return {mode, path: directory, source: directory, ...(await checkoutOf(directory)), base: null};
  if (mode === 'copy') return {mode, path: files, source: directory, branch: null, repo: null, base: null};
  const source = await openSource(directory, request.base);
  return {
    mode,
    path: files,
    source: source.directory,
    branch: branchOf(name),
    repo: source.directory,
    base: source.base,
  };
}

export interface Making {
  readonly facts: SessionFacts;
  readonly request: CreateRequest;
  /** A step in words, and how much of it is done from 0 to 1. */
  readonly onStep: (step: string, fraction?: number) => void;
  readonly signal: AbortSignal;
}

/** Of a bind: what takes longer to be written down is not written down. */
const bindPatienceMs = 30_000;
const patienceMs = 30 * 60_000;

/** Of what was left out. */
const mostNotes = 10;

/** Makes the files that an agent will work on. What is half made is the caller's to remove. */
export async function makeWorkspace(context: Context, {facts, request, onStep, signal}: Making): Promise<void> {
  const {id, name, workspace} = facts;
  privateDirectory(sessionDirectory(context.paths, id));
  faultPoint('create.directory');
  await boundDisk(context, facts);
  const places = placesOf(context.paths, id);
  let excludes = '';
  if (workspace.mode === 'clone') {
    const source: Source = {...(await openSource(workspace.source)), base: workspace.base ?? ''};
    excludes = await excludesOf(source);
    const withChanges = request.withChanges ?? false;
    for (const note of await makeClone({source, name, places, withChanges, onStep, signal})) onStep(note);
  }
  if (workspace.mode === 'copy') {
    const leftOut = await copyDirectory({
      ...{source: workspace.source, target: places.files, never: context.paths.state, big: request.big ?? false},
      ...{onStep, signal},
    });
    for (const {path, why} of leftOut.slice(0, mostNotes)) onStep(`left out of the copy: ${path}: ${why}`);
    if (leftOut.length > mostNotes) onStep(`left out of the copy: ${leftOut.length - mostNotes} more`);
  }
  if (workspace.mode === 'clone') writeFileSync(places.refs, agentRefs(places.files), {mode: 0o600});
  writeFileSync(places.excludes, excludes, {encoding: 'latin1', mode: 0o600});
}

/**
 * Writes down how the files are, before there is an agent to change them. Of a bind this may be more than can be written down: then
 * nothing is known of what changes.
 */
export async function writeDownBase(
  {paths, log, threads}: Context,
  {id, workspace}: SessionFacts,
  signal: AbortSignal,
): Promise<void> {
  const places = threadPlaces(workspace.path, placesOf(paths, id));
  try {
    const timeoutMs = workspace.mode === 'bind' ? bindPatienceMs : patienceMs;
    const cloned = workspace.base ?? undefined;
    await threads.use(thread => thread.call('makeBase', {places, cloned}, {signal, timeoutMs}));
  } catch (error) {
    if (workspace.mode !== 'bind' || signal.aborted) throw error;
    log.warn('changes of a bind will not be known', {session: id, why: (error as Error).message});
  }
}

/** Whether it was written down how the workspace was made. */
export const isReviewable = ({paths}: Context, id: string): boolean =>
  statSync(placesOf(paths, id).table, {throwIfNoEntry: false}) !== undefined;
