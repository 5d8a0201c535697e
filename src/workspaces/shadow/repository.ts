import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {ObjectFormat} from './table.ts';

const settings = (format: ObjectFormat): string =>
  [
    ...['[core]', `\trepositoryformatversion = ${format === 'sha1' ? 0 : 1}`, '\tbare = true'],
    ...(format === 'sha1' ? [] : ['[extensions]', `\tobjectformat = ${format}`]),
    // What is in it is fetched by its id, and only by us.
    ...['[uploadpack]', '\tallowAnySHA1InWant = true'],
    // It goes no further than the next directory.
    ...['[pack]', '\twindow = 0', ''],
  ].join('\n');

/** An empty repository of ours, as `git init --bare` would make it, that reads the objects of another one, too. Throws ENOENT where its parent is gone. */
export function makeRepository(directory: string, format: ObjectFormat, alternate?: string): void {
  // What belongs to a session that was removed meanwhile is not made again.
  if (!existsSync(directory)) mkdirSync(directory);
  for (const name of ['objects/info', 'objects/pack', 'refs/heads'])
    mkdirSync(path.join(directory, name), {recursive: true});
  writeFileSync(path.join(directory, 'HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(path.join(directory, 'config'), settings(format));
  if (alternate === undefined) return;
  const objects = path.join(directory, 'objects');
  writeFileSync(path.join(objects, 'info/alternates'), `${path.relative(objects, alternate)}\n`);
}
