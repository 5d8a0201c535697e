import {createHash} from 'node:crypto';
import {rmSync, statSync} from 'node:fs';
import path from 'node:path';
import type {RunStatus} from '../agent/agent-run.ts';
import {createAgentRun} from '../agent/run.ts';
import {openFileTerminal} from '../agent/terminal.ts';
import type {Checkpoints} from '../checkpoint/checkpoint.ts';
import {createCheckpoints} from '../checkpoint/checkpoints.ts';
import {keeperArgs, keeperFiles} from '../inside/brought.ts';
import {changesProgram} from '../inside/changes.ts';
import {changesFile, socketInside} from '../inside/places.ts';
import {keepKeys, keptKeys, makeKeys} from '../link/keys.ts';
import {createLink} from '../link/listen.ts';
import type {DaggerOptions} from '../provider.ts';
import type {Parts} from './parts.ts';
import {homeInside, recipeOf} from './recipe-of.ts';
import type {EnvironmentRecord} from './record.ts';

const recordFile = ({spec}: EnvironmentRecord): string => path.join(spec.stateDir, 'output.log');
const sizeOf = (file: string): number => statSync(file, {throwIfNoEntry: false})?.size ?? 0;

/** As in every other provider. */
const usualEnv = {TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8'};

/** As it was heard last. */
const statusOf = ({command, ended, service}: EnvironmentRecord): RunStatus => {
  if (ended) return {state: 'exited', ...ended};
  // Of one that is just being started nothing runs yet.
  return {state: command && service?.id !== undefined ? 'running' : 'idle'};
};

const changes = {target: changesFile, content: changesProgram, mode: 0o755};

/** The pieces of environments as they really are: keys and journals in the state directory of each, sockets where paths are short. */
export function createParts(
  {paths, clock, engine, log}: DaggerOptions,
  {records, tell, ended}: Pick<Parts, 'records' | 'tell' | 'ended'>,
): Parts {
  const keysOf = ({spec}: EnvironmentRecord) => path.join(spec.stateDir, 'link');
  // A socket's path has little room.
  const socketOf = ({id}: EnvironmentRecord) =>
    path.join(paths.runtime, `d${createHash('sha256').update(id).digest('hex').slice(0, 9)}`);
  const known = new Map<string, Checkpoints>();
  return {
    ...{records, engine, clock, tell, ended, warn: log.warn},
    async recipe(record, unique) {
      const keys = makeKeys();
      keepKeys(keysOf(record), keys);
      return recipeOf(record.spec, {
        ...{unique, files: [...keeperFiles(keys), changes], args: keeperArgs},
        socket: {source: socketOf(record), target: socketInside},
      });
    },
    listen: record => createLink({socket: socketOf(record), keys: keptKeys(keysOf(record)), clock, log}),
    follow: (record, link) =>
      createAgentRun({
        ...{
          link,
          clock,
          log,
          directory: record.spec.stateDir,
          home: homeInside,
          env: {...usualEnv, ...record.spec.env},
        },
        status: statusOf(record),
      }),
    openRecord(record, options) {
      const file = recordFile(record);
      const terminal = openFileTerminal({
        ...{file, options, write: () => {}, resize: async () => sizeOf(file), onClosed: () => {}},
      });
      terminal.over('exited');
      return terminal.stream;
    },
    recordEnd: record => sizeOf(recordFile(record)),
    checkpoints({id, spec}) {
      const found = known.get(id) ?? createCheckpoints({directory: path.join(spec.stateDir, 'checkpoint'), clock});
      known.set(id, found);
      return found;
    },
    forgetKeys: record => rmSync(keysOf(record), {recursive: true, force: true}),
  };
}
