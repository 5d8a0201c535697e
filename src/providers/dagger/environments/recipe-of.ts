import {statSync} from 'node:fs';
import path from 'node:path';
import type {Root} from '../checkpoint/checkpoint.ts';
import type {MadeFile, Recipe, Upload} from '../connection/engine.ts';
import {agentUser} from '../inside/places.ts';
import type {KeptSpec} from './record.ts';

const root = {uid: 0, gid: 0};

/** Where what we bring is inside, as in every other provider. */
const workspaceInside = '/workspace';
export const homeInside = '/home/agent';
const runInside = '/run/trails';

export const homeOutside = ({home, stateDir}: KeptSpec): string => home ?? path.join(stateDir, 'home');

/** What the agent writes and this machine keeps: its workspace, its home, and what was mounted for it to write in. */
export const rootsOf = (spec: KeptSpec): readonly Root[] => [
  {name: 'workspace', inside: workspaceInside, outside: spec.workspace},
  {name: 'home', inside: homeInside, outside: homeOutside(spec)},
  ...exchangeRoots(spec),
];

/** Those that are looked at as soon as something is written there. */
export const exchangeRoots = (spec: KeptSpec): readonly Root[] =>
  spec.mounts
    .filter(({readOnly}) => !readOnly)
    .map(({source, target}, index) => ({name: `mount-${index}`, inside: target, outside: source}));

const uploadOf = (source: string, target: string, writable: boolean): readonly Upload[] => {
  const found = statSync(source, {throwIfNoEntry: false});
  if (!found) return [];
  return [{source, target, owner: writable ? agentUser : root, ...(found.isDirectory() ? {} : {file: true})}];
};

/** What is brought in: in this order, since a later one may lie within an earlier one. */
const uploadsOf = (spec: KeptSpec): readonly Upload[] => [
  ...uploadOf(spec.workspace, workspaceInside, true),
  ...uploadOf(homeOutside(spec), homeInside, true),
  ...uploadOf(path.join(spec.stateDir, 'run'), runInside, false),
  ...spec.mounts.flatMap(({source, target, readOnly}) => uploadOf(source, target, !readOnly)),
];

/** One start of an environment, from what this machine has of it now. */
export const recipeOf = (
  spec: KeptSpec,
  {
    unique,
    socket,
    files,
    args,
  }: {
    readonly unique: string;
    readonly socket: Recipe['socket'];
    readonly files: readonly MadeFile[];
    readonly args: Recipe['args'];
  },
): Recipe => ({
  image: spec.image,
  unique,
  // The agent's own reach it with its command.
  env: {TRAILS_HOSTNAME: spec.hostname},
  uploads: uploadsOf(spec),
  ...{files, socket, args},
});
