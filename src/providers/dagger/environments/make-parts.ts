import {createHash} from 'node:crypto';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {openRun, recordOf} from '../agent/run.ts';
import type {Checkpoints} from '../checkpoint/checkpoint.ts';
import {createCheckpoints} from '../checkpoint/checkpoints.ts';
import {broughtFiles, keeperArgs} from '../inside/brought.ts';
import {socketInside} from '../inside/places.ts';
import {keepKeys, keptKeys, makeKeys} from '../link/keys.ts';
import {createLink} from '../link/listen.ts';
import type {DaggerOptions} from '../provider.ts';
import type {Parts} from './parts.ts';
import {recipeOf} from './recipe-of.ts';
import type {EnvironmentRecord} from './record.ts';

/** The pieces of environments as they really are: keys and journals in the state directory of each, sockets where paths are short. */
export function createParts(
  {paths, clock, engine, log}: DaggerOptions,
  {records, tell}: Pick<Parts, 'records' | 'tell'>,
): Parts {
  const keysOf = ({spec}: EnvironmentRecord) => path.join(spec.stateDir, 'link');
  // A socket's path has little room.
  const socketOf = ({id}: EnvironmentRecord) =>
    path.join(paths.runtime, `d${createHash('sha256').update(id).digest('hex').slice(0, 9)}`);
  const known = new Map<string, Checkpoints>();
  return {
    ...{records, engine, clock, tell, warn: log.warn},
    async recipe(record, unique) {
      const keys = makeKeys();
      keepKeys(keysOf(record), keys);
      return recipeOf(record.spec, {
        ...{unique, files: broughtFiles(keys), args: keeperArgs},
        socket: {source: socketOf(record), target: socketInside},
      });
    },
    listen: record => createLink({socket: socketOf(record), keys: keptKeys(keysOf(record)), clock, log}),
    follow: (record, link) => openRun({link, clock, log, directory: record.spec.stateDir}),
    ...recordOf,
    checkpoints({id, spec}) {
      const found = known.get(id) ?? createCheckpoints({directory: path.join(spec.stateDir, 'checkpoint'), clock});
      known.set(id, found);
      return found;
    },
    forgetKeys: record => rmSync(keysOf(record), {recursive: true, force: true}),
  };
}
