import {lstatSync, readdirSync} from 'node:fs';
import path from 'node:path';
import type {Paths} from '../../lib/paths.ts';
import {isLive} from '../lifecycle.ts';
import type {KeptInfo, KeptKind} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {toolpackNames} from './mounts.ts';
import {cachesIn, homesIn, toolpacksIn} from './places.ts';
import {walkKept} from './walk-kept.ts';

/** One thing that is kept, before anybody has looked into it. */
export interface Kept {
  readonly kind: KeptKind;
  readonly name: string;
  readonly path: string;
  readonly usedBy: readonly string[];
}

const directoriesIn = (directory: string): readonly string[] =>
  lstatSync(directory, {throwIfNoEntry: false})?.isDirectory()
    ? readdirSync(directory, {withFileTypes: true})
        .filter(entry => entry.isDirectory())
        .map(entry => entry.name)
        .sort()
    : [];

const namesOf = (records: readonly SessionRecord[]): readonly string[] => records.map(({name}) => name);

/** Everything that is kept: of the homes those that are whole, of the caches what is a directory. */
export function findKept(paths: Paths, records: readonly SessionRecord[]): readonly Kept[] {
  const live = records.filter(({phase}) => isLive(phase));
  const sharing = namesOf(live.filter(({caches}) => caches === 'shared'));
  const caches = directoriesIn(cachesIn(paths)).flatMap(uid =>
    directoriesIn(path.join(cachesIn(paths), uid)).map(name => ({
      ...{kind: 'cache' as const, name, path: path.join(cachesIn(paths), uid, name), usedBy: sharing},
    })),
  );
  const homes = directoriesIn(homesIn(paths)).flatMap(agent =>
    directoriesIn(path.join(homesIn(paths), agent))
      .filter(home => !home.startsWith('.'))
      .map(home => ({
        ...{kind: 'home' as const, name: `${agent}/${home}`, path: path.join(homesIn(paths), agent, home)},
        usedBy: namesOf(live.filter(one => one.agent === agent && one.home === home)),
      })),
  );
  const packs = toolpackNames(toolpacksIn(paths)).map(name => ({
    ...{kind: 'toolpack' as const, name, path: path.join(toolpacksIn(paths), name), usedBy: []},
  }));
  return [...caches, ...homes, ...packs];
}

const blockBytes = 512;

/** How much it is, and when something was last written in it: by a time that whoever writes cannot set. */
export async function measured(one: Kept, signal?: AbortSignal): Promise<KeptInfo> {
  let bytes = 0;
  let changed = 0;
  const counted = new Set<string>();
  await walkKept(
    one.path,
    ({stats}) => {
      const file = `${stats.dev}:${stats.ino}`;
      if (stats.nlink > 1 && !stats.isDirectory()) {
        // A file of several names is there once.
        if (counted.has(file)) return;
        counted.add(file);
      }
      bytes += stats.blocks * blockBytes;
      changed = Math.max(changed, stats.ctimeMs);
    },
    signal,
  );
  return {...one, bytes, changedAt: changed === 0 ? null : Math.round(changed)};
}
