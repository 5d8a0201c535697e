import {createReadStream, lchownSync, readlinkSync, renameSync, statSync, symlinkSync, unlinkSync} from 'node:fs';
import {changeMode, type Directory, openDirectory, type RawName} from '../../../lib/beneath.ts';
import {createBreather} from '../../../lib/breather.ts';
import {faultPoint} from '../../../lib/fault.ts';
import type {Owner} from '../../provider.ts';
import {type Draft, openDraft} from './draft.ts';
import {descendOwn, enterOrMake, namesIn, removeBelow, standing} from './existing.ts';
import {createFrameReader, type Frame} from './frames.ts';
import {type Intent, type Journal, streams} from './journal.ts';

/**
 * Makes a root what was taken of it: how many files, links and directories were written or removed. Whatever stands there now makes way,
 * so that it can be done again and comes to the same.
 */
export async function bringIn(outside: string, journal: Journal, {draft}: Intent): Promise<number> {
  const root = openDirectory(outside);
  const breathe = createBreather();
  const owner = ownerOf(root);
  const state: State = {whole: false, seen: new Set(), left: new Set(), changes: 0};
  const places = openPlaces(root, owner, state, breathe);
  let file: Draft | undefined;
  const enter = async (frame: Frame): Promise<void> => {
    if (frame.kind === 'begin') state.whole = frame.whole;
    if (frame.kind === 'left') state.left.add(frame.path);
    if (frame.kind === 'content') file?.content(frame.content);
    if (frame.kind === 'hole') file?.hole(frame.length);
    if (frame.kind === 'filed') {
      if (file?.end()) state.changes++;
      file = undefined;
      faultPoint('checkpoint.file');
    }
    if (frame.kind === 'removed') await places.remove(frame.path);
    if (frame.kind === 'directory') await places.directory(frame.path, frame.mode);
    if (frame.kind === 'link') await places.link(frame.path, frame.target, draft);
    if (frame.kind === 'file') {
      const {parent, name} = await places.clear(frame.path, false);
      file = openDraft(parent, {...frame, name}, {draft, owner});
    }
  };
  try {
    for (const stream of streams) {
      const frames = createFrameReader();
      for await (const piece of createReadStream(journal.file(stream), {highWaterMark: 512 * 1024})) {
        for (const frame of frames(piece as Buffer)) {
          await enter(frame);
          await breathe();
        }
      }
      faultPoint(`checkpoint.${stream}`);
    }
    if (state.whole) await places.sweep();
    faultPoint('checkpoint.swept');
    return state.changes;
  } finally {
    file?.close();
    places.close();
    root.close();
  }
}

interface State {
  whole: boolean;
  /** Of a whole one: all that there is. */
  readonly seen: Set<RawName>;
  /** What stays as it is. */
  readonly left: Set<RawName>;
  changes: number;
}

/** Whose it all is: files of root's own making would be out of the reach of who works in them. */
function ownerOf(root: Directory): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const {uid, gid} = statSync(root.here);
  return {uid, gid};
}

interface Place {
  readonly parent: Directory;
  readonly name: RawName;
}

function openPlaces(root: Directory, owner: Owner | undefined, state: State, breathe: () => Promise<void>) {
  let held: {readonly path: RawName; readonly directory: Directory} | undefined;
  const own = (parent: Directory, name: RawName) => {
    if (owner) lchownSync(parent.at(name), owner.uid, owner.gid);
  };
  const letGo = () => {
    held?.directory.close();
    held = undefined;
  };
  const made = (parent: Directory, name: RawName) => {
    own(parent, name);
    state.changes++;
  };
  /** The directory at a path, made where it is not there. */
  const within = async (path: RawName): Promise<Directory> => {
    if (path === '') return root;
    if (held?.path === path) return held.directory;
    letGo();
    let at = root;
    for (const name of path.split('/')) {
      const parent = at;
      try {
        at = await enterOrMake(parent, name, made, breathe);
      } finally {
        if (parent !== root) parent.close();
      }
    }
    held = {path, directory: at};
    return at;
  };
  const placeOf = async (path: RawName): Promise<Place> => {
    const cut = path.lastIndexOf('/');
    return {parent: await within(path.slice(0, Math.max(cut, 0))), name: path.slice(cut + 1)};
  };
  const remove = async ({parent, name}: Place): Promise<boolean> => {
    const removed = await removeBelow(parent, name, breathe);
    if (removed) state.changes++;
    return removed;
  };
  /** The place of what comes: what stands there goes, where one cannot be put over the other. */
  const clear = async (path: RawName, directory: boolean): Promise<Place> => {
    if (state.whole) state.seen.add(path);
    const place = await placeOf(path);
    const found = standing(place.parent, place.name);
    if (found && found.isDirectory() !== directory) await remove(place);
    return place;
  };
  const sweepIn = async (directory: Directory, path: RawName): Promise<void> => {
    for (const name of namesIn(directory)) {
      const full = path === '' ? name : `${path}/${name}`;
      if (state.left.has(full)) continue;
      if (!state.seen.has(full)) {
        await remove({parent: directory, name});
        continue;
      }
      await breathe();
      if (!standing(directory, name)?.isDirectory()) continue;
      const below = await enterOrMake(directory, name, made, breathe);
      try {
        await sweepIn(below, full);
      } finally {
        below.close();
      }
    }
  };
  return {
    clear,
    async directory(path: RawName, mode: number) {
      const {parent, name} = await clear(path, true);
      (await enterOrMake(parent, name, made, breathe)).close();
      // Ours to work in, whatever it is inside.
      const wanted = (mode & 0o777) | 0o700;
      const before = standing(parent, name)!.mode & 0o7777;
      if (before === wanted) return;
      changeMode(parent, name, () => wanted);
      state.changes++;
    },
    async link(path: RawName, target: Buffer, draft: RawName) {
      const {parent, name} = await clear(path, false);
      const found = standing(parent, name);
      if (found?.isSymbolicLink() && readlinkSync(parent.at(name), {encoding: 'buffer'}).equals(target)) return;
      if (standing(parent, draft)) unlinkSync(parent.at(draft));
      symlinkSync(target, parent.at(draft));
      own(parent, draft);
      renameSync(parent.at(draft), parent.at(name));
      state.changes++;
    },
    async remove(path: RawName) {
      // What is held may be within what goes.
      letGo();
      const names = path.split('/');
      const parent = descendOwn(root, names.slice(0, -1));
      if (!parent) return;
      try {
        await remove({parent, name: names.at(-1)!});
      } finally {
        if (parent !== root) parent.close();
      }
    },
    sweep: async () => {
      letGo();
      await sweepIn(root, '');
    },
    close: letGo,
  };
}
