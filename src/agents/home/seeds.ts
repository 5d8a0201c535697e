import {chmodSync, existsSync, readFileSync, writeFileSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import {rawName} from '../../lib/beneath.ts';
import {isTree, type Tree} from '../../lib/tree.ts';
import type {Seed, Variables} from '../agent.ts';
import type {LeftBehind} from './plan.ts';
import {type HomeTarget, madeDirectory, owned} from './target.ts';

const plain = /\{value:([A-Za-z_]\w*)\|([^{}]*)\}/g;
/** What can stand in any file as it is: no quotes, no lines, and no password before an @. */
const isPlain = (value: string): boolean => /^[\w.:/~%?&=+-]{1,500}$/.test(value);
const tail = /^\{tail:([A-Za-z_]\w*):(\d+)\}$/;

/** The content with what stands for a credential's end in its place; lists lose what stands for one that is not given. */
function filled(value: unknown, values: Variables): unknown {
  if (typeof value === 'string') {
    const [, name = '', length = ''] = tail.exec(value) ?? [];
    return name === '' ? value : values[name]?.slice(-Number(length));
  }
  if (Array.isArray(value)) return value.map(one => filled(one, values)).filter(one => one !== undefined);
  if (!isTree(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, filled(one, values)] as const)
      .filter(([, one]) => one !== undefined),
  );
}

/** What the user has stays; trees and lists are joined. */
export function joined(had: Tree, seed: Tree): Tree {
  const both = (mine: unknown, theirs: unknown): unknown => {
    if (isTree(mine) && isTree(theirs)) return joined(mine, theirs);
    if (Array.isArray(mine) && Array.isArray(theirs)) return [...mine, ...theirs.filter(one => !mine.includes(one))];
    return mine;
  };
  const added = Object.entries(seed).map(([key, value]) => [key, key in had ? both(had[key], value) : value]);
  return {...had, ...Object.fromEntries(added)};
}

const text = (content: string, values: Variables): string =>
  content.replace(plain, (_, name: string, fallback: string) => {
    const value = values[name] ?? '';
    return isPlain(value) ? value : fallback;
  });

function seeded(seed: Seed, had: string | undefined, values: Variables): string | undefined {
  if (typeof seed.content === 'string' || seed.format === 'text')
    return had === undefined ? text(String(seed.content), values) : undefined;
  // Some write comments and end it with a byte order mark or nothing at all.
  const tree: unknown = had === undefined || had.trim() === '' ? {} : JSON.parse(had);
  if (!isTree(tree)) throw new SyntaxError('it does not hold settings');
  return `${JSON.stringify(joined(tree, filled(seed.content, values) as Tree), null, 2)}\n`;
}

/**
 * Brings the seeds into a session's home before anybody works in it. `values`: the variables that are handed over. A file of the user's
 * that cannot be read as what it should be stays as it is, and is told. Throws STATE_UNUSABLE.
 */
export function plantSeeds(target: HomeTarget, seeds: readonly Seed[], values: Variables): readonly LeftBehind[] {
  const left: LeftBehind[] = [];
  for (const seed of seeds) {
    if (seed.when !== undefined && values[seed.when] === undefined) continue;
    if (seed.unless !== undefined && existsSync(target.at(rawName(seed.unless)))) continue;
    const path = rawName(seed.path);
    const place = target.at(path);
    try {
      const had = existsSync(place) ? readFileSync(place, 'utf8') : undefined;
      const text = seeded(seed, had, values);
      if (text === undefined) continue;
      if (path.includes('/')) madeDirectory(target, path.slice(0, path.lastIndexOf('/')));
      if (had !== undefined) chmodSync(place, 0o600);
      writeFileSync(place, text, {mode: 0o600});
      owned(target, place);
    } catch (cause) {
      if (!(cause instanceof SyntaxError))
        throw new AppError('STATE_UNUSABLE', `Could not write ${seed.path}: ${(cause as Error).message}`, {cause});
      left.push({path: `~/${seed.path}`, why: 'is no JSON that Trails can read: the agent may ask what it need not'});
    }
  }
  return left;
}
