import {nearestWord} from '../../lib/nearest-word.ts';
import {Misplaced, type Place, type Placed} from '../../lib/yaml-places.ts';

/** A value of the configuration with its name: `agents.mine.command`. */
export interface Spot {
  readonly key: string;
  readonly value: Placed;
}

/** Makes something of a value. Throws Misplaced for one that cannot be it. */
export type Read<T> = (spot: Spot) => T;

const shown = (text: string): string => text.replace(/\p{Cc}/gu, '?').slice(0, 60);

const misplaced = (at: Place, key: string, what: string) => new Misplaced(at, `${shown(key)}: ${what}`);

export const wrong = ({key, value}: Spot, what: string): Misplaced => misplaced(value.at, key, what);

/** A text, or a number or truth value as it is written. */
export const text =
  (needed = 'a text is needed'): Read<string> =>
  spot => {
    const {value} = spot;
    if (value.is !== 'scalar' || value.value === null || value.text === '') throw wrong(spot, needed);
    if (value.text.includes('\0')) throw wrong(spot, 'it cannot hold a NUL');
    return value.text;
  };

/** A text that something can be made of; what that throws is what is wrong with it. */
export const textAs =
  <T>(make: (text: string) => T, needed?: string): Read<T> =>
  spot => {
    const found = text(needed)(spot);
    try {
      return make(found);
    } catch (error) {
      throw wrong(spot, (error as Error).message);
    }
  };

export const oneOf = <T extends string>(words: readonly T[]): Read<T> => {
  const needed = `one of ${words.filter(word => word !== '').join(', ')} is needed`;
  return textAs(found => {
    const word = words.find(one => one === found);
    if (word === undefined) throw new Error(needed);
    return word;
  }, needed);
};

export const flag: Read<boolean> = spot => {
  if (spot.value.is === 'scalar' && typeof spot.value.value === 'boolean') return spot.value.value;
  throw wrong(spot, 'true or false is needed');
};

export const wholeNumber =
  (from: number, to: number): Read<number> =>
  spot => {
    const found = spot.value.is === 'scalar' ? spot.value.value : undefined;
    if (typeof found === 'number' && Number.isInteger(found) && found >= from && found <= to) return found;
    throw wrong(spot, `a whole number from ${from} to ${to} is needed`);
  };

export const list =
  <T>(item: Read<T>, needed = 'a list is needed'): Read<readonly T[]> =>
  spot => {
    if (spot.value.is !== 'list') throw wrong(spot, needed);
    return spot.value.items.map((value, index) => item({key: `${spot.key}[${index}]`, value}));
  };

/** Whatever the user names, by names that `isName` takes. */
export const record =
  <T>(item: Read<T>, isName: (name: string) => boolean, namesAre: string): Read<Readonly<Record<string, T>>> =>
  spot => {
    if (spot.value.is !== 'map') throw wrong(spot, 'settings are needed, one a line');
    return Object.fromEntries(
      spot.value.entries.map(({key, at, value}) => {
        if (!isName(key)) throw misplaced(at, `${spot.key}.${key}`, namesAre);
        return [key, item({key: `${spot.key}.${key}`, value})];
      }),
    );
  };

/** A reader for each name that may stand here. */
export type Fields<T> = {readonly [K in keyof T]-?: Read<Exclude<T[K], undefined>>};

/** Some or all of the fields. One that is not known is named, with the one that was likely meant. */
export const someOf =
  <T>(fields: Fields<T>, needed = 'settings are needed, one a line'): Read<Partial<T>> =>
  spot => {
    if (spot.value.is !== 'map') throw wrong(spot, needed);
    const known = Object.keys(fields);
    const found: Partial<T> = {};
    for (const {key, at, value} of spot.value.entries) {
      const name = `${spot.key}.${key}`;
      if (!Object.hasOwn(fields, key)) {
        const meant = nearestWord(key, known);
        const instead = meant === undefined ? `there are ${known.join(', ')}` : `did you mean ${meant}?`;
        throw misplaced(at, name, `there is no such setting; ${instead}`);
      }
      const field = key as keyof T & string;
      found[field] = fields[field]({key: name, value});
    }
    return found;
  };

/** Fields of which some must be there. */
export const withAll =
  <T, N extends keyof T & string>(
    needed: readonly N[],
    fields: Fields<T>,
  ): Read<{readonly [K in N]: T[K]} & Partial<T>> =>
  spot => {
    const found = someOf(fields)(spot);
    const lacking = needed.find(name => found[name] === undefined);
    if (lacking !== undefined) throw wrong(spot, `\`${lacking}:\` is missing`);
    return found as {readonly [K in N]: T[K]} & Partial<T>;
  };

/** The value as it is, places forgotten. */
export const plain: Read<unknown> = ({key, value}) => {
  switch (value.is) {
    case 'map':
      return Object.fromEntries(value.entries.map(entry => [entry.key, plain({key, value: entry.value})]));
    case 'list':
      return value.items.map(item => plain({key, value: item}));
    default:
      return value.value;
  }
};
