import {chownSync, mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {privateDirectory} from '../../lib/files.ts';
import {type EnvironmentSpec, type Mount, usualPath} from '../../providers/provider.ts';
import {type Context, sessionDirectory} from '../context.ts';
import type {SessionFacts} from '../record.ts';
import {cacheFiles, cachesInside, cacheVariables} from './cache-table.ts';
import {cachePlace, cachesIn, toolpacksIn, toolpacksInside} from './places.ts';

type Seen = Pick<EnvironmentSpec, 'env' | 'mounts'>;

const nothing: Seen = {env: {}, mounts: []};

/** The directory of its caches, which belongs to whoever owns the workspace, as the agent does inside. */
function cachesOf(context: Context, facts: SessionFacts): Seen {
  const {paths} = context;
  if (facts.caches === 'off') return nothing;
  const {uid, gid} = statSync(facts.workspace.path);
  const source = cachePlace(paths, facts, uid);
  if (facts.caches === 'shared') privateDirectory(cachesIn(paths));
  mkdirSync(source, {recursive: true, mode: 0o755});
  if (process.getuid?.() === 0) chownSync(source, uid, gid);
  const mount = {source, target: cachesInside, readOnly: false};
  return {env: cacheVariables, mounts: [mount, ...cacheFileMounts(context, facts)]};
}

/** The user's toolpacks by name. */
export function toolpackNames(directory: string): readonly string[] {
  if (!statSync(directory, {throwIfNoEntry: false})?.isDirectory()) return [];
  return readdirSync(directory, {withFileTypes: true})
    .filter(entry => entry.isDirectory() && /^[A-Za-z0-9][\w.+-]{0,63}$/.test(entry.name))
    .map(entry => entry.name)
    .sort();
}

/** Their programs are found before the machine's or the image's usual ones, and behind the agent's own. */
function toolpacksOf({paths}: Context, env: Seen['env']): Seen {
  const directory = toolpacksIn(paths);
  const bins = toolpackNames(directory).map(name => `${toolpacksInside}/${name}/bin`);
  if (bins.length === 0) return nothing;
  const usual = new Set(usualPath.split(':'));
  const own = (env.PATH ?? '').split(':').filter(one => one !== '' && !usual.has(one));
  return {
    env: {PATH: [...own, ...bins, usualPath].join(':')},
    mounts: [{source: directory, target: toolpacksInside, readOnly: true}],
  };
}

/** Writes down the files that point tools to their caches. */
function cacheFileMounts({paths}: Context, {id}: SessionFacts): readonly Mount[] {
  const directory = path.join(sessionDirectory(paths, id), 'managed');
  mkdirSync(directory, {recursive: true, mode: 0o755});
  return cacheFiles.map(({path: target, content}) => {
    const source = path.join(directory, `cache-${path.basename(target)}`);
    writeFileSync(source, content, {mode: 0o644});
    return {source, target, readOnly: true};
  });
}

/** What a session sees of things that outlive it, beside its home. Its own variables stand before those of the caches. */
export function withKept(context: Context, facts: SessionFacts, {env, mounts}: Seen): Seen {
  const [caches, packs] = [cachesOf(context, facts), toolpacksOf(context, env)];
  return {
    env: {...caches.env, ...env, ...packs.env},
    mounts: [...mounts, ...caches.mounts, ...packs.mounts],
  };
}
