import {accessSync, constants, realpathSync, statSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import {AppError} from '../../errors.ts';

const ways = {
  read: {access: constants.R_OK | constants.X_OK, words: 'read'},
  write: {access: constants.R_OK | constants.W_OK | constants.X_OK, words: 'read and written'},
} as const;

/** Of the machine, not of anybody's work: devices, what the kernel shows, and the sockets through which engines are told what to do. */
const ofMachine = ['/dev', '/proc', '/sys', '/run'] as const;

/** The real path of a directory an agent may work in. Throws REPO_UNUSABLE with what is wrong with it. */
export function bindableDirectory(directory: string): string {
  const real = usableDirectory(directory, 'write');
  const held = ofMachine.find(one => contains(one, real));
  if (held) throw new AppError('REPO_UNUSABLE', `${directory} is in ${held}, which is the machine’s own`);
  return real;
}

/** The real path of a directory a workspace can be made of. Throws REPO_UNUSABLE. */
export const readableDirectory = (directory: string): string => usableDirectory(directory, 'read');

function usableDirectory(directory: string, way: keyof typeof ways): string {
  const refuse = (why: string, cause?: unknown) =>
    new AppError('REPO_UNUSABLE', `${directory || '""'} ${why}`, {cause});
  if (directory === '') throw refuse('is no directory');
  let real: string;
  try {
    real = realpathSync(directory);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw refuse(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, cause);
  }
  if (!statSync(real, {throwIfNoEntry: false})?.isDirectory()) throw refuse('is a file, not a directory');
  if (real === '/') throw refuse('is the whole machine: choose a directory in it');
  try {
    accessSync(real, ways[way].access);
  } catch (cause) {
    throw refuse(`cannot be ${ways[way].words} by you`, cause);
  }
  return real;
}

/** The same directory, or one that has the other somewhere in it. */
export const contains = (parent: string, child: string): boolean =>
  child === parent || child.startsWith(parent.endsWith(path.sep) ? parent : parent + path.sep);

/** Two sessions must not work in one tree at once: not in the same directory, nor in one inside the other. */
export const overlap = (one: string, other: string): boolean => contains(one, other) || contains(other, one);

export interface Checkout {
  readonly repo: string | null;
  readonly branch: string | null;
}

/** The repository a directory is in and its branch, read from files: git is not run where an agent can write. */
export async function checkoutOf(directory: string): Promise<Checkout> {
  for (let at = directory; ; at = path.dirname(at)) {
    const branch = await branchIn(path.join(at, '.git'));
    if (branch !== undefined) return {repo: at, branch};
    if (at === path.dirname(at)) return {repo: null, branch: null};
  }
}

async function branchIn(gitPath: string): Promise<string | null | undefined> {
  const head = await headOf(gitPath);
  if (head === undefined) return undefined;
  const branch = /^ref: refs\/heads\/([^\p{Cc}]{1,200})$/u.exec(head.trim())?.[1];
  return branch ?? (/^[0-9a-f]{40,64}$/.test(head.trim()) ? head.trim().slice(0, 8) : null);
}

async function headOf(gitPath: string): Promise<string | undefined> {
  try {
    // In a linked worktree .git is a file that names the git directory.
    const stat = statSync(gitPath, {throwIfNoEntry: false});
    if (!stat) return undefined;
    const pointed =
      stat.isFile() && stat.size < 4096 ? /^gitdir: (.+)$/m.exec(await readFile(gitPath, 'utf8'))?.[1] : undefined;
    const directory = pointed ? path.resolve(path.dirname(gitPath), pointed) : gitPath;
    const head = path.join(directory, 'HEAD');
    const found = statSync(head, {throwIfNoEntry: false});
    // A FIFO or a huge file in HEAD's place would hold or fill us.
    if (!found?.isFile() || found.size > 4096) return undefined;
    return await readFile(head, 'utf8');
  } catch {
    return undefined;
  }
}
