import path from 'node:path';
import {AppError} from '../../errors.ts';
import {nearestWord} from '../../lib/nearest-word.ts';
import {Misplaced, type PlacedEntry, sectionOf} from '../../lib/yaml-places.ts';
import type {Agent} from '../agent.ts';
import {readEntry} from './entry.ts';
import {bare, over} from './merge.ts';

const name = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Throws Misplaced. */
function withEntry(agents: readonly Agent[], file: string, {key, at, value}: PlacedEntry): readonly Agent[] {
  const spot = {key: `agents.${key}`, value};
  const refuse = (what: string) => new Misplaced(at, `${spot.key.replace(/\p{Cc}/gu, '?').slice(0, 60)}: ${what}`);
  if (!name.test(key)) throw refuse('a name has lower-case letters, digits and dashes, at most 40');
  const find = (wanted: string) => agents.find(one => one.name === wanted);
  const entry = readEntry(spot);
  const {like = key, command} = entry;
  const base = find(like);
  if (entry.like !== undefined && !base) {
    const known = agents.map(one => one.name);
    const meant = nearestWord(like, known);
    throw refuse(`like: there is no agent "${like}" before it; ${meant ? `did you mean ${meant}?` : known.join(', ')}`);
  }
  if (!base && !command) {
    const meant = nearestWord(
      key,
      agents.map(one => one.name),
    );
    throw refuse(`\`command:\` is missing, or \`like:\`${meant ? `; did you mean ${meant}?` : ''}`);
  }
  const from = `${path.basename(file)}:${at.line}`;
  const made = over(base ?? bare(key, command as Agent['command']), key, from, entry);
  return find(key) ? agents.map(one => (one.name === key ? made : one)) : [...agents, made];
}

/** The known agents with those of a configuration's `agents:` over and behind them. Throws CONFIG_INVALID for the first thing that is wrong. */
export function withCustom(known: readonly Agent[], file: string, text: string): readonly Agent[] {
  try {
    const section = sectionOf(text, 'agents');
    if (!section || (section.value.is === 'scalar' && section.value.value === null)) return known;
    if (section.value.is !== 'map') throw new Misplaced(section.value.at, 'agents: a name for each is needed');
    return section.value.entries.reduce((agents, entry) => withEntry(agents, file, entry), known);
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    const {line, column} = error.at;
    throw new AppError('CONFIG_INVALID', `${file}:${line}:${column}: ${error.message}`, {
      hint: 'Run `trails config edit`; docs/agents.md tells what may stand there.',
      cause: error,
    });
  }
}
