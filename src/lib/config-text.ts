import {readFileSync} from 'node:fs';
import {AppError} from '../errors.ts';
import {type Fields, orUnset, type Read, reader, type Schema, someOf, wrong} from './reading/reading.ts';
import {Misplaced, placedIn, placesIn} from './reading/yaml-places.ts';
import {problemWith, type Setting, sectionsOfOthers, settings, type Value} from './settings.ts';

type Found = readonly (readonly [key: string, value: Value])[];

const schemaOf = ({type, fallback, meaning, oneOf}: Setting): Schema => ({
  ...{type, description: meaning, default: fallback},
  ...(oneOf ? {enum: oneOf} : {}),
});

const readSetting = (setting: Setting): Read<Found> =>
  reader(schemaOf(setting), spot => {
    const {value} = spot;
    const found = value.is === 'scalar' ? value.value : undefined;
    const problem = problemWith(setting, found);
    if (problem) throw wrong(spot, problem);
    return [[setting.key, found as Value]];
  });

/** Settings whose keys go on with `prefix`, those of the same next word together. */
function readGroup(prefix: string): Read<Partial<Record<string, Found>>> {
  const below = settings.filter(({key}) => key.startsWith(prefix));
  const names = [...new Set(below.map(({key}) => key.slice(prefix.length).split('.')[0] ?? ''))];
  const fields = names.map((name): [string, Read<Found | undefined>] => {
    const setting = below.find(({key}) => key === prefix + name);
    return [name, orUnset(setting ? readSetting(setting) : flat(readGroup(`${prefix}${name}.`)))];
  });
  const others = prefix === '' ? sectionsOfOthers : [];
  return someOf<Record<string, Found>>(
    Object.fromEntries([...fields, ...others.map(name => [name, nothing])]) as Fields<Record<string, Found>>,
    prefix === '' ? 'it does not hold settings' : undefined,
  );
}

/** What others read. */
const nothing: Read<Found> = reader({}, () => []);

const flat = (read: Read<Partial<Record<string, Found>>>): Read<Found> =>
  reader(read.schema, spot => Object.values(read(spot)).flatMap(found => found ?? []));

const readWhole = orUnset(flat(readGroup('')));

/** Of config.yaml, with what others know of their sections. */
export const settingsSchema = (sections: Readonly<Record<string, Schema>>): Schema => ({
  ...readWhole.schema,
  properties: {...(readWhole.schema.properties as Schema), ...sections},
});

/** The settings that a text sets, by their names. Throws CONFIG_INVALID with the place of everything that is wrong. */
export function settingsOf(file: string, text: string): ReadonlyMap<string, Value> {
  try {
    return new Map(readWhole({key: '', value: placedIn(text)}));
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    throw new AppError('CONFIG_INVALID', placesIn(file, error), {cause: error});
  }
}

/** What the operating system says of a file, on one line. */
export function unusable(file: string, cause: unknown): AppError {
  const [reason] = (cause as Error).message.split('\n');
  return new AppError('CONFIG_INVALID', `${file}: ${reason}`, {cause});
}

/** What the file sets. Throws CONFIG_INVALID. */
export function readSettings(file: string): ReadonlyMap<string, Value> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable(file, cause);
  }
  return settingsOf(file, text);
}
