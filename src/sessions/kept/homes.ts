import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  lchownSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {type Directory, descend, openDirectory, type RawName, rawName} from '../../lib/beneath.ts';
import {privateDirectory} from '../../lib/files.ts';
import {removeTree} from '../../workspaces/tree/remove-tree.ts';
import {holdsWorkspace} from '../lifecycle.ts';
import type {SessionFacts, SessionRecord} from '../record.ts';

type Owner = {readonly uid: number; readonly gid: number};

/** Throws NAME_INVALID. */
export function checkHomeName(name: string | undefined): void {
  if (name === undefined || /^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return;
  throw new AppError('NAME_INVALID', `"${name.replace(/\p{Cc}/gu, '?').slice(0, 60)}" cannot name a kept home`);
}

/** Throws WORKSPACE_LOCKED while another session works in this home. */
export function checkHomeFree(
  records: readonly SessionRecord[],
  {agent, home}: Pick<SessionFacts, 'agent' | 'home'>,
  except?: string,
): void {
  if (home === null) return;
  const holder = records.find(
    one => one.id !== except && one.agent === agent && one.home === home && holdsWorkspace(one.phase),
  );
  if (holder)
    throw new AppError('WORKSPACE_LOCKED', `The home "${home}" of ${agent} is in use by session "${holder.name}"`, {
      hint: 'Stop or remove that session, or name another home.',
    });
}

/** A home while a session is being made: one of its own, a kept one that is not there yet, or one that was there before. */
export interface HomeInMaking {
  readonly directory: string;
  /** Agents have written in it: nothing is written there but what has to be. */
  readonly used: boolean;
  /** It is as it should be: from now on it is the home. */
  settle(): void;
  /** It could not be made. */
  abandon(): Promise<unknown>;
}

/** Where a kept home is filled before it has its name: one that was not finished is never used. */
const makingName = (place: string, id: string): string => path.join(path.dirname(place), `.making-${id}`);

interface Making {
  /** Of the session. */
  readonly id: string;
  readonly owner: Owner;
  readonly trash: string;
}

/** Throws NOT_ALLOWED for a home of another user than the workspace's. */
export function homeInMaking(place: string, {id, owner, trash}: Making): HomeInMaking {
  const found = statSync(place, {throwIfNoEntry: false});
  if (!found) {
    privateDirectory(path.dirname(place));
    const directory = makingName(place, id);
    return {
      directory,
      used: false,
      settle: () => renameSync(directory, place),
      abandon: () => removeTree(directory, trash),
    };
  }
  if (process.getuid?.() === 0 && found.uid !== owner.uid)
    throw new AppError('NOT_ALLOWED', `${place} belongs to user ${found.uid}, and the workspace to user ${owner.uid}`, {
      hint: 'Name another home with `--home`: an agent is one user, in its home and in its workspace.',
    });
  return {directory: place, used: true, settle: () => {}, abandon: async () => {}};
}

const {O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_WRONLY} = constants;

function emptyFile(parent: Directory, name: RawName, owner: Owner | undefined): void {
  const fd = openSync(parent.at(name), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is no regular file');
    if (owner) fchownSync(fd, owner.uid, owner.gid);
  } finally {
    closeSync(fd);
  }
}

/** Something to mount over in a home that agents have written in: no link of theirs is followed. Throws NOT_ALLOWED where one stands. */
export function mountPointIn(home: string, place: string, directory: boolean, owner: Owner | undefined): void {
  const names = rawName(place).split('/');
  const make = (parent: Directory, name: RawName) => {
    mkdirSync(parent.at(name), {mode: 0o700});
    if (owner) lchownSync(parent.at(name), owner.uid, owner.gid);
  };
  const root = openDirectory(home);
  try {
    const parent = descend(root, directory ? names : names.slice(0, -1), make);
    try {
      if (!directory) emptyFile(parent, names.at(-1) ?? '', owner);
    } finally {
      parent.close();
    }
  } catch (cause) {
    throw new AppError('NOT_ALLOWED', `~/${place} cannot be mounted in ${home}: ${(cause as Error).message}`, {
      hint: 'Take away what stands there, or name another home with `--home`.',
      cause,
    });
  } finally {
    root.close();
  }
}
