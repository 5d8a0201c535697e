import {AppError} from '../errors.ts';
import type {SessionRecord} from './record.ts';

const shape = /^[a-z0-9][a-z0-9-]{0,39}$/;

const colours = [
  'amber',
  'azure',
  'coral',
  'ember',
  'fern',
  'hazel',
  'indigo',
  'ivory',
  'jade',
  'lilac',
  'ochre',
  'olive',
  'pearl',
  'rust',
  'sage',
  'slate',
];
const places = [
  'bay',
  'brook',
  'cliff',
  'cove',
  'crest',
  'delta',
  'dune',
  'fjord',
  'glen',
  'grove',
  'hill',
  'marsh',
  'mesa',
  'moor',
  'pass',
  'peak',
  'pine',
  'reef',
  'ridge',
  'shore',
  'trail',
  'vale',
];

/** What is wrong with a name, in words, or undefined. */
export function nameProblem(name: string): string | undefined {
  // The refs of kept work are there.
  if (name === 'recovery') return '"recovery" is a name that Trails itself uses';
  if (shape.test(name)) return undefined;
  if (name === '') return 'A name is needed';
  if (name.length > 40) return `The name has ${name.length} characters; 40 is the most`;
  if (/[A-Z]/.test(name)) return `Upper-case letters are not allowed: "${name.toLowerCase()}" would do`;
  return `"${name.replace(/\p{Cc}/gu, '?')}" has characters a name cannot have`;
}

/** Throws NAME_INVALID. */
export function checkName(name: string): string {
  const problem = nameProblem(name);
  if (problem) throw new AppError('NAME_INVALID', problem);
  return name;
}

/** A name that is free and easy to say; the same `seed` gives the same first choice. */
export function suggestName(taken: ReadonlySet<string>, seed: number): string {
  for (let index = 0; ; index++) {
    const at = Math.abs(seed) + index * 7;
    const plain = `${colours[at % colours.length]}-${places[Math.floor(at / colours.length) % places.length]}`;
    const name = index < colours.length * places.length ? plain : `${plain}-${index}`;
    if (!taken.has(name)) return name;
  }
}

/** The session a person means: by name, by id, or by a unique beginning of either. Throws SESSION_UNKNOWN, SESSION_AMBIGUOUS. */
export function resolveSession(records: readonly SessionRecord[], ref: string): SessionRecord {
  const exact = records.find(record => record.name === ref || record.id === ref.toLowerCase());
  if (exact) return exact;
  const found =
    ref === '' ? [] : records.filter(record => record.name.startsWith(ref) || record.id.startsWith(ref.toLowerCase()));
  const [only, ...more] = found;
  const shown = ref.replace(/\p{Cc}/gu, '?').slice(0, 60);
  if (!only) throw new AppError('SESSION_UNKNOWN', `There is no session "${shown}"`);
  if (more.length > 0) {
    throw new AppError(
      'SESSION_AMBIGUOUS',
      `"${shown}" could be ${found
        .map(record => record.name)
        .slice(0, 5)
        .join(', ')}`,
    );
  }
  return only;
}
