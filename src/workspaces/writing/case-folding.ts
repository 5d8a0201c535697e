import {lstatSync, readdirSync} from 'node:fs';
import path from 'node:path';

const swapped = (name: string): string =>
  [...name].map(letter => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())).join('');

const sameFile = (one: string, other: string): boolean => {
  const first = lstatSync(one, {bigint: true, throwIfNoEntry: false});
  const second = lstatSync(other, {bigint: true, throwIfNoEntry: false});
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
};

/** Whether names that differ only in case are one file here. Nothing is written to find out: a name that is there is asked for in the other case. */
export function foldsCase(directory: string): boolean {
  const inside = readdirSync(directory).find(name => /[a-z]/i.test(name) && !name.includes('\ufffd'));
  const [at, name] = inside ? [directory, inside] : [path.dirname(directory), path.basename(directory)];
  return swapped(name) !== name && sameFile(path.join(at, name), path.join(at, swapped(name)));
}
