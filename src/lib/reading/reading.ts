import {nearestWord} from './nearest-word.ts';
import {Misplaced, type Place, type Placed, type Problem} from './yaml-places.ts';

/** A value of a YAML text with its name: `agents.mine.command`; "" names the whole. */
export interface Spot {
  readonly key: string;
  readonly value: Placed;
}

/** JSON schema, as editors complete by it. */
export type Schema = Readonly<Record<string, unknown>>;

/** Makes something of a value. Throws Misplaced for one that cannot be it, with all that is wrong with it. */
export interface Read<T> {
  (spot: Spot): T;
  /** The same in an editor's words; it may take more than the reader does. */
  readonly schema: Schema;
}

export const reader = <T>(schema: Schema, read: (spot: Spot) => T): Read<T> =>
  Object.assign((spot: Spot) => read(spot), {schema});

/** The same reader, with a sentence for who completes in an editor. */
export const described = <T>(description: string, read: Read<T>): Read<T> =>
  reader({description, ...read.schema}, read);

const shown = (text: string): string => text.replace(/\p{Cc}/gu, '?').slice(0, 60);

const misplaced = (at: Place, key: string, what: string) =>
  new Misplaced([{at, message: key === '' ? what : `${shown(key)}: ${what}`}]);

export const wrong = ({key, value}: Spot, what: string): Misplaced => misplaced(value.at, key, what);

const named = (outer: string, name: string): string => (outer === '' ? name : `${outer}.${name}`);

/** The result of each. Throws Misplaced with what is wrong with any of them. */
export function allOf<T>(works: readonly (() => T)[]): readonly T[] {
  const problems: Problem[] = [];
  const done: T[] = [];
  for (const work of works) {
    try {
      done.push(work());
    } catch (error) {
      if (!(error instanceof Misplaced)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw new Misplaced(problems);
  return done;
}

/** A text, or a number or truth value as it is written. */
export const text = (needed = 'a text is needed'): Read<string> =>
  reader({type: ['string', 'number', 'boolean']}, spot => {
    const {value} = spot;
    if (value.is !== 'scalar' || value.value === null || value.text === '') throw wrong(spot, needed);
    if (value.text.includes('\0')) throw wrong(spot, 'it cannot hold a NUL');
    return value.text;
  });

/** A text that something can be made of; what that throws is what is wrong with it. */
export const textAs = <T>(make: (text: string) => T, needed?: string): Read<T> =>
  reader(text(needed).schema, spot => {
    const found = text(needed)(spot);
    try {
      return make(found);
    } catch (error) {
      throw wrong(spot, (error as Error).message);
    }
  });

export const oneOf = <T extends string>(words: readonly T[]): Read<T> => {
  const known = words.filter(word => word !== '');
  const needed = `one of ${known.join(', ')} is needed`;
  const read = textAs(found => {
    const word = words.find(one => one === found);
    if (word !== undefined) return word;
    const meant = nearestWord(found, known);
    throw new Error(meant === undefined ? needed : `${needed}; did you mean ${meant}?`);
  }, needed);
  return reader({enum: known}, read);
};

export const flag: Read<boolean> = reader({type: 'boolean'}, spot => {
  if (spot.value.is === 'scalar' && typeof spot.value.value === 'boolean') return spot.value.value;
  throw wrong(spot, 'true or false is needed');
});

export const wholeNumber = (from: number, to: number): Read<number> =>
  reader({type: 'integer', minimum: from, maximum: to}, spot => {
    const found = spot.value.is === 'scalar' ? spot.value.value : undefined;
    if (typeof found === 'number' && Number.isInteger(found) && found >= from && found <= to) return found;
    throw wrong(spot, `a whole number from ${from} to ${to} is needed`);
  });

export const list = <T>(item: Read<T>, needed = 'a list is needed'): Read<readonly T[]> =>
  reader({type: 'array', items: item.schema}, spot => {
    if (spot.value.is !== 'list') throw wrong(spot, needed);
    return allOf(spot.value.items.map((value, index) => () => item({key: `${spot.key}[${index}]`, value})));
  });

/** Whatever the user names, by names that `isName` takes. */
export const record = <T>(
  item: Read<T>,
  isName: (name: string) => boolean,
  namesAre: string,
): Read<Readonly<Record<string, T>>> =>
  reader({type: 'object', additionalProperties: item.schema}, spot => {
    if (spot.value.is !== 'map') throw wrong(spot, 'settings are needed, one a line');
    const entries = spot.value.entries.map(({key, at, value}) => (): readonly [string, T] => {
      if (!isName(key)) throw misplaced(at, named(spot.key, key), namesAre);
      return [key, item({key: named(spot.key, key), value})];
    });
    return Object.fromEntries(allOf(entries));
  });

/** A reader for each name that may stand here. */
export type Fields<T> = {readonly [K in keyof T]-?: Read<Exclude<T[K], undefined>>};

const propertiesOf = (fields: object): Schema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([key, read]) => [key, (read as Read<unknown>).schema])),
  additionalProperties: false,
});

/** Some or all of the fields. One that is not known is named, with the one that was likely meant. */
export const someOf = <T>(fields: Fields<T>, needed = 'settings are needed, one a line'): Read<Partial<T>> =>
  reader(propertiesOf(fields), spot => {
    if (spot.value.is !== 'map') throw wrong(spot, needed);
    const known = Object.keys(fields);
    const entries = spot.value.entries.map(({key, at, value}) => () => {
      const name = named(spot.key, key);
      if (!Object.hasOwn(fields, key)) {
        const meant = nearestWord(key, known);
        const instead = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
        throw misplaced(at, name, `there is no such setting; ${instead}`);
      }
      return [key, fields[key as keyof T & string]({key: name, value})] as const;
    });
    return Object.fromEntries(allOf(entries).filter(([, value]) => value !== undefined)) as Partial<T>;
  });

/** Fields of which some must be there. */
export const withAll = <T, N extends keyof T & string>(
  needed: readonly N[],
  fields: Fields<T>,
): Read<{readonly [K in N]: T[K]} & Partial<T>> => {
  const some = someOf(fields);
  return reader({...some.schema, required: needed}, spot => {
    const found = some(spot);
    const lacking = needed.find(name => found[name] === undefined);
    if (lacking !== undefined) throw wrong(spot, `\`${lacking}:\` is missing`);
    return found as {readonly [K in N]: T[K]} & Partial<T>;
  });
};

const isNothing = ({value}: Spot): boolean => value.is === 'scalar' && value.value === null;

/** What has nothing behind its name is not set. */
export const orUnset = <T>(read: Read<T>): Read<T | undefined> =>
  reader(read.schema, spot => (isNothing(spot) ? undefined : read(spot)));

/** The value as it is, places forgotten. */
export const plain: Read<unknown> = reader({}, ({key, value}) => {
  switch (value.is) {
    case 'map':
      return Object.fromEntries(value.entries.map(entry => [entry.key, plain({key, value: entry.value})]));
    case 'list':
      return value.items.map(item => plain({key, value: item}));
    default:
      return value.value;
  }
});
