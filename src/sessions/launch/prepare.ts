import {chmodSync, existsSync, mkdirSync, realpathSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Agent, ManagedFile} from '../../agents/agent.ts';
import {copyHome} from '../../agents/home/copy.ts';
import {gitConfigOf} from '../../agents/home/git-config.ts';
import {withoutLogins} from '../../agents/home/logins.ts';
import {type LeftBehind, planHome} from '../../agents/home/plan.ts';
import {plantSeeds} from '../../agents/home/seeds.ts';
import {type HomeTarget, homeTarget, madeDirectory, owned} from '../../agents/home/target.ts';
import {exchangePlace, hookFile, hookProgram} from '../../agents/launch/hook-program.ts';
import {AppError} from '../../errors.ts';
import {rawName} from '../../lib/beneath.ts';
import type {Mount, Provider} from '../../providers/provider.ts';
import {contains} from '../../workspaces/making/bind.ts';
import {type Context, sessionDirectory, trashIn} from '../context.ts';
import {type HomeInMaking, homeInMaking, mountPointIn} from '../kept/homes.ts';
import {keptHomePlace} from '../kept/places.ts';
import type {SessionFacts} from '../record.ts';
import {type Launch, machineMounts, seesMachine} from './launch.ts';
import type {Values} from './secrets.ts';
import {agentSocket, keyringPaths} from './signing.ts';

const homeInside = '/home/agent/';
const runInside = '/run/trails/';

export interface Preparing {
  readonly facts: SessionFacts;
  readonly launch: Launch;
  /** The variables that are handed over. */
  readonly given: Values;
  readonly onStep: (step: string) => void;
  readonly signal: AbortSignal;
}

/** Files that the user's home and the session's have in common: what an agent has there of its own, if that is asked for. */
function sharedMounts({home: paths, share}: Agent, userHome: string): readonly Mount[] {
  if (!share) return [];
  const home = realpathSync(userHome);
  const places = paths.map(one => one.path).filter(place => !place.includes('*'));
  return places.flatMap(place => {
    const found = statSync(path.join(home, place), {throwIfNoEntry: false});
    // What is below another one comes with it.
    if (!found || places.some(other => other !== place && contains(other, place))) return [];
    const source = realpathSync(path.join(home, place));
    if (source === home || !contains(home, source))
      throw new AppError('NOT_ALLOWED', `~/${place} cannot be shared: it leads out of your home, to ${source}`);
    return [{source, target: homeInside + place, readOnly: false}];
  });
}

/** A directory that the agent's side writes: it belongs to whoever owns the workspace, as the agent does inside. */
function agentDirectory(directory: string, {owner}: HomeTarget): string {
  mkdirSync(directory, {recursive: true, mode: 0o700});
  owned({directory, at: () => Buffer.from(directory), owner}, Buffer.from(directory));
  return directory;
}

/** Something to mount over, in a home that no agent has written in yet. */
function freshMountPoint(target: HomeTarget, place: string, directory: boolean): void {
  const name = rawName(place);
  if (directory) return void madeDirectory(target, name);
  if (name.includes('/')) madeDirectory(target, name.slice(0, name.lastIndexOf('/')));
  writeFileSync(target.at(name), '', {flag: 'a', mode: 0o600});
  owned(target, target.at(name));
}

function writeReadable(file: string, content: string, mode: number): void {
  mkdirSync(path.dirname(file), {recursive: true, mode: 0o755});
  writeFileSync(file, content);
  chmodSync(file, mode);
}

/** Where a session's agent is at home: in a directory of the session's own, or in a kept one. */
interface Home extends Omit<HomeInMaking, 'directory'> {
  readonly target: HomeTarget;
  mountPoint(place: string, directory: boolean): void;
}

function homeFor({paths}: Context, facts: SessionFacts): Home {
  const owner = statSync(facts.workspace.path);
  const kept = keptHomePlace(paths, facts);
  const own = path.join(sessionDirectory(paths, facts.id), 'home');
  const making = {id: facts.id, owner, trash: trashIn(paths)};
  const {directory, ...home} = kept === undefined ? freshHome(own) : homeInMaking(kept, making);
  const target = homeTarget(directory, owner);
  const mountPoint: Home['mountPoint'] = home.used
    ? (place, isDirectory) => mountPointIn(directory, place, isDirectory, target.owner)
    : (place, isDirectory) => freshMountPoint(target, place, isDirectory);
  return {...home, target, mountPoint};
}

const freshHome = (directory: string): HomeInMaking => ({
  ...{directory, used: false, settle: () => {}},
  // It goes with its session.
  abandon: async () => {},
});

/** Writes our files down, read-only for the agent: those of /run/trails where the provider takes them from, others to be mounted. */
function manage(directory: string, {mountPoint}: Home, managed: readonly ManagedFile[]): readonly Mount[] {
  writeReadable(path.join(directory, 'run', hookFile.slice(runInside.length)), hookProgram, 0o755);
  return managed.flatMap(({path: place, content}, index) => {
    if (place.startsWith(runInside)) {
      writeReadable(path.join(directory, 'run', place.slice(runInside.length)), content, 0o644);
      return [];
    }
    const source = path.join(directory, 'managed', `${index}-${path.basename(place)}`);
    writeReadable(source, content, 0o644);
    if (place.startsWith(homeInside)) mountPoint(place.slice(homeInside.length), false);
    return [{source, target: place, readOnly: true}];
  });
}

async function fillHome(
  context: Context,
  target: HomeTarget,
  {facts, launch, given, onStep, signal}: Preparing,
): Promise<void> {
  const {agent} = launch;
  const {home: userHome, configHome} = context.machine;
  const {gpg = 'off'} = context.defaults;
  const own = agent.share ? [] : facts.credentials === 'broker' ? withoutLogins(agent) : agent.home;
  const plan = await planHome(userHome, [...own, {path: '.config/git/ignore'}, ...keyringPaths(gpg)]);
  if (plan.entries.length > 0) onStep('copying the settings of the agent');
  const left: readonly LeftBehind[] = [
    ...(await copyHome(userHome, plan, target, signal)),
    // Of files that are the user's own, nothing is changed.
    ...(agent.share ? [] : plantSeeds(target, agent.seeds, given)),
  ];
  const outside = facts.credentials === 'broker' ? (agent.logins ?? []) : [];
  for (const place of outside.filter(place => existsSync(path.join(userHome, place))))
    onStep(`left out of the copy: ${place}: its keys stay outside`);
  for (const {path: place, why} of left) onStep(`left out of the copy: ${place}: ${why}`);
  const git = await gitConfigOf(userHome, configHome, gpg !== 'off');
  if (git !== '') {
    writeFileSync(target.at('.gitconfig'), git, {mode: 0o600});
    owned(target, target.at('.gitconfig'));
  }
}

/** What is in the home, and what is mounted over it and beside it. */
async function prepareHome(context: Context, home: Home, preparing: Preparing): Promise<readonly Mount[]> {
  const {facts, launch} = preparing;
  const {target} = home;
  const directory = sessionDirectory(context.paths, facts.id);
  const shared = sharedMounts(launch.agent, context.machine.home);
  const socket = await agentSocket(context.defaults.gpg ?? 'off', context.machine.home);
  if (!home.used) await fillHome(context, target, preparing);
  for (const {source, target: place} of [...shared, ...socket])
    home.mountPoint(place.slice(homeInside.length), statSync(source).isDirectory());
  const ours = launch.agent.managed.filter(({path: place}) => !shared.some(mount => contains(mount.target, place)));
  const exchange = agentDirectory(path.join(directory, 'exchange'), target);
  return [
    ...machineMounts(launch, facts.image),
    ...shared,
    ...socket,
    ...manage(directory, home, ours),
    {source: exchange, target: exchangePlace, readOnly: false},
  ];
}

/**
 * Makes what an agent finds beside its workspace: its home, our hooks, and the place where those tell what happens. Resolves with what
 * is to be mounted. Throws STATE_UNUSABLE, NOT_ALLOWED; what is half made is the caller's to remove.
 */
export async function prepareLaunch(
  context: Context,
  provider: Provider,
  preparing: Preparing,
): Promise<readonly Mount[]> {
  if (!seesMachine(provider)) return [];
  const home = homeFor(context, preparing.facts);
  try {
    const mounts = await prepareHome(context, home, preparing);
    home.settle();
    return mounts;
  } catch (error) {
    await home.abandon();
    throw error;
  }
}
