import path from 'node:path';
import {AppError} from '../../errors.ts';
import {nearestWord} from '../../lib/reading/nearest-word.ts';
import {record, type Schema} from '../../lib/reading/reading.ts';
import {
  Misplaced,
  misplacedAt,
  type PlacedEntry,
  type Problem,
  placesIn,
  sectionOf,
} from '../../lib/reading/yaml-places.ts';
import type {Agent} from '../agent.ts';
import {readEntry} from './entry.ts';
import {bare, over} from './merge.ts';

const name = /^[a-z0-9][a-z0-9-]{0,39}$/;
const namesAre = 'a name has lower-case letters, digits and dashes, at most 40';

/** What an editor is told of the section. */
export const agentsSchema: Schema = {
  description: 'Agents of your own, and changes to those that Trails knows.',
  ...record(readEntry, key => name.test(key), namesAre).schema,
};

/** Throws Misplaced. */
function withEntry(agents: readonly Agent[], file: string, {key, at, value}: PlacedEntry): readonly Agent[] {
  const spot = {key: `agents.${key}`, value};
  const refuse = (what: string) => misplacedAt(at, `${spot.key.replace(/\p{Cc}/gu, '?').slice(0, 60)}: ${what}`);
  if (!name.test(key)) throw refuse(namesAre);
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

/** The known agents with those of a configuration's `agents:` over and behind them. Throws CONFIG_INVALID with all that is wrong. */
export function withCustom(known: readonly Agent[], file: string, text: string): readonly Agent[] {
  try {
    const section = sectionOf(text, 'agents');
    if (!section || (section.value.is === 'scalar' && section.value.value === null)) return known;
    if (section.value.is !== 'map') throw misplacedAt(section.value.at, 'agents: a name for each is needed');
    const problems: Problem[] = [];
    let agents = known;
    for (const entry of section.value.entries) {
      try {
        agents = withEntry(agents, file, entry);
      } catch (error) {
        if (!(error instanceof Misplaced)) throw error;
        problems.push(...error.problems);
      }
    }
    if (problems.length > 0) throw new Misplaced(problems);
    return agents;
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    throw new AppError('CONFIG_INVALID', placesIn(file, error), {
      hint: 'Run `trails config edit`; docs/agents.md tells what may stand there.',
      cause: error,
    });
  }
}
