import {randomBytes} from 'node:crypto';
import {mkdirSync} from 'node:fs';
import path from 'node:path';
import type {Way} from '../book.ts';
import {
  deleteSubvolume,
  groupsAt,
  isSubvolume,
  makeBounded,
  makeGroup,
  makeMember,
  removeGroup,
  subvolumeId,
  waitUntilGone,
} from './commands.ts';

/** Of 48 bits, which nobody else has drawn: others number theirs by hand, from 1/0 on. One that is there all the same is refused by btrfs. */
const drawGroup = (): string => `1/${randomBytes(6).readUIntBE(0, 6)}`;

/** The directories are subvolumes; those together are members of a group. */
export const subvolumes: Way = {
  async set({directory, together, alone}, tell) {
    const group = drawGroup();
    tell({group, ids: []});
    await makeGroup(directory, group, together.bytes);
    const ids: number[] = [];
    const make = async (name: string, subvolume: (place: string) => Promise<unknown>) => {
      const place = path.join(directory, name);
      mkdirSync(path.dirname(place), {recursive: true, mode: 0o700});
      await subvolume(place);
      ids.push(await subvolumeId(place));
    };
    for (const name of together.names) await make(name, place => makeMember(place, group));
    for (const name of alone.names) await make(name, place => makeBounded(place, alone.bytes));
    tell({group, ids});
  },

  async read(book, directory, signal) {
    const groups = await groupsAt(directory, signal);
    const group = groups?.get(book.group);
    const members = book.ids.slice(0, book.together.length).map(id => `0/${id}`);
    const others = book.ids.slice(book.together.length).map(id => groups?.get(`0/${id}`));
    const all = members.every(id => group?.members.includes(id)) && others.every(one => one?.mostBytes !== undefined);
    if (group?.mostBytes === undefined || group.mostBytes > book.bytes || !all) return undefined;
    return {usedBytes: group.usedBytes, mostBytes: group.mostBytes};
  },

  async drop(book, directory, tell) {
    const places = [...book.together, ...book.alone].map(name => path.join(directory, name)).filter(isSubvolume);
    tell(await Promise.all(places.map(subvolumeId)));
    for (const place of places) await deleteSubvolume(place);
  },

  async end(book, at) {
    await waitUntilGone(at, book.ids);
    const groups = await groupsAt(at);
    // Old kernels keep those of single subvolumes, too.
    for (const group of [...book.ids.map(id => `0/${id}`), book.group])
      if (groups?.has(group)) await removeGroup(at, group);
  },
};
