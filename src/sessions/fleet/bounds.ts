import {readdirSync, realpathSync, statSync} from 'node:fs';
import {constants} from 'node:os';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {bytes} from '../../lib/amount.ts';
import {run} from '../../lib/exec.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Bound} from '../../lib/quota/book.ts';
import {dropBound, endBound, readBound, setBound} from '../../lib/quota/bound.ts';
import {boundsAt} from '../../lib/quota/possible.ts';
import {createTurns} from '../../lib/turns.ts';
import {type Context, sessionDirectory} from '../context.ts';
import type {SessionFacts} from '../record.ts';

const booksIn = (paths: Paths): string => path.join(paths.state, 'bounds');
const bookOf = (paths: Paths, id: string): string => path.join(booksIn(paths), `${id}.json`);

/** What is the session's alone of all that its agent writes. */
const together = ({workspace, home, caches}: SessionFacts): readonly string[] => [
  ...(workspace.mode === 'bind' ? [] : ['workspace']),
  ...(home === null ? ['home'] : []),
  ...(caches === 'private' ? ['caches'] : []),
  'tmp',
];

/** Where agents write, too, and what Trails does with a session goes through: an agent that has filled the others is not in its way. */
const alone = {
  names: ['exchange', 'secrets', 'helper/home', 'helper/secrets', 'helper/tmp'],
  bytes: 16 * 2 ** 20,
} as const;

/** Makes the directories of a session that is to hold no more than so much, where the file system can. Elsewhere nothing is made. */
export async function boundDisk({paths, machine, log}: Context, facts: SessionFacts): Promise<void> {
  const {diskBytes} = facts.limits;
  if (diskBytes === undefined) return;
  const directory = sessionDirectory(paths, facts.id);
  const asker = {
    uid: process.getuid?.() ?? 0,
    mounts: machine.mounts?.() ?? '',
    run: ([program = '', ...args]: readonly string[]) => run(program, args, {env: {LC_ALL: 'C'}}),
  };
  const kind = await boundsAt(realpathSync(directory), asker);
  if (typeof kind !== 'string') return;
  const book = bookOf(paths, facts.id);
  try {
    await setBound(book, kind, {directory, together: {names: together(facts), bytes: diskBytes}, alone});
  } catch (error) {
    // It works all the same, and is told as not enforced.
    log.warn('a disk could not be bounded', {session: facts.id, why: (error as Error).message});
    await dropBound(book, directory);
    await endBound(book, paths.state);
  }
  faultPoint('create.bound');
}

/** What the file system holds all of a session's files to, as it says now; undefined where it does not. */
export async function heldDisk(
  {paths}: Context,
  {id, limits, workspace, sandbox}: SessionFacts,
  signal?: AbortSignal,
): Promise<Bound | undefined> {
  // The user's own directory, and what the engine keeps elsewhere, are no directories of the session's.
  if (limits.diskBytes === undefined || workspace.mode === 'bind' || sandbox.loosened.includes('writable-root'))
    return undefined;
  return readBound(bookOf(paths, id), sessionDirectory(paths, id), signal);
}

/** The bound is what something failed of. Node has no name for that error, and git has words. */
const isFull = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const {errno} = error as NodeJS.ErrnoException;
  return errno === -constants.errno.EDQUOT || /disk quota exceeded/i.test(error.message) || isFull(error.cause);
};

/** What a session begins with may be more than it may hold. Throws TOO_BIG then. */
export async function withinBound<T>(context: Context, facts: SessionFacts, work: () => Promise<T>): Promise<T> {
  const {
    name,
    limits: {diskBytes},
  } = facts;
  if (diskBytes === undefined) return work();
  const tooBig = (cause?: unknown) =>
    new AppError('TOO_BIG', `What ${name} begins with is more than its disk limit of ${bytes(diskBytes)}`, {
      hint: 'Let it hold more: `--disk`, or `limits.disk`.',
      cause,
    });
  const result = await work().catch((cause: unknown) => {
    throw isFull(cause) ? tooBig(cause) : cause;
  });
  // Root, who makes the files, is held by no quota of ext4.
  const held = await heldDisk(context, facts);
  if (held && held.usedBytes > held.mostBytes) throw tooBig();
  return result;
}

/** The bounded directories of a session that is on its way out. Throws STATE_UNUSABLE. */
export async function dropDisk({paths}: Context, id: string): Promise<void> {
  try {
    await dropBound(bookOf(paths, id), sessionDirectory(paths, id));
  } catch (cause) {
    throw new AppError('STATE_UNUSABLE', `Could not remove the files of ${id}: ${(cause as Error).message}`, {cause});
  }
}

const endings = createTurns();

/** Ends the bounds of sessions that are no more. Never throws: what cannot be ended now is ended at the next start. */
export const endBounds = (context: Context): Promise<void> => endings.run(context.paths.state, () => endNow(context));

async function endNow({store, paths, log}: Context): Promise<void> {
  const directory = booksIn(paths);
  if (!statSync(directory, {throwIfNoEntry: false})) return;
  for (const name of readdirSync(directory)) {
    const [, id] = /^([0-9a-z]+)\.json$/.exec(name) ?? [];
    if (id === undefined || store.byId(id)) continue;
    try {
      await dropBound(path.join(directory, name), sessionDirectory(paths, id));
      await endBound(path.join(directory, name), paths.state);
    } catch (error) {
      log.warn('a bound could not be ended', {session: id, why: (error as Error).message});
    }
  }
}
