import path from 'node:path';
import type {Paths} from '../../lib/paths.ts';
import {sessionDirectory} from '../context.ts';
import type {SessionFacts} from '../record.ts';

export const homesIn = (paths: Paths): string => path.join(paths.state, 'homes');
export const cachesIn = (paths: Paths): string => path.join(paths.state, 'caches');
/** The user's own: a directory each, with programs in its bin/. */
export const toolpacksIn = (paths: Paths): string => path.join(paths.config, 'toolpacks');
export const toolpacksInside = '/opt/toolpacks';

/** The directory that is a session's home; undefined where it is the session's own. */
export const keptHomePlace = (paths: Paths, {agent, home}: Pick<SessionFacts, 'agent' | 'home'>): string | undefined =>
  home === null ? undefined : path.join(homesIn(paths), agent, home);

/** The caches of a session: for a shared one, those of the user who it is inside. */
export const cachePlace = (paths: Paths, {id, caches}: Pick<SessionFacts, 'id' | 'caches'>, uid: number): string =>
  caches === 'shared' ? path.join(cachesIn(paths), String(uid)) : path.join(sessionDirectory(paths, id), 'caches');
