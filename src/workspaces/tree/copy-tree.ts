import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import {copyFile, rm} from 'node:fs/promises';
import {AppError} from '../../errors.ts';
import {type Directory, descend, openDirectory, openRegular, type RawName} from '../../lib/beneath.ts';
import type {CopyPlan, LeftOut, PlannedDirectory} from './copy-plan.ts';

export interface CopyProgress {
  readonly files: number;
  readonly bytes: number;
  readonly allFiles: number;
  readonly allBytes: number;
}

export interface CopyOptions {
  /** Called after each file. */
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

export interface CopyResult {
  readonly files: number;
  readonly bytes: number;
  /** Also what the plan left out. */
  readonly leftOut: readonly LeftOut[];
}

/** More than the threads Node has for it are never at work at once. */
const atOnce = 8;
// Not setuid, setgid, sticky.
const permissions = 0o777;
// PATH_MAX, less the longest name and its slash.
const longest = 4096 - 257;

/**
 * Copies what is planned into a directory that it makes, or that is there and empty, which nobody else may write to. Links stay links, as they are written; each
 * hard link becomes a file of its own; blocks are shared where the file system can. What has gone or cannot be read meanwhile is left
 * out and told. Throws TOO_BIG for a plan that was cut short, STATE_UNUSABLE when it cannot be written, or the signal's reason; then
 * the target is gone again.
 */
export async function copyTree(plan: CopyPlan, target: string, options: CopyOptions = {}): Promise<CopyResult> {
  if (!plan.complete) {
    throw new AppError('TOO_BIG', `${plan.source} has more than ${plan.files} files, too many to copy`);
  }
  const unusable = (cause: unknown) =>
    new AppError('STATE_UNUSABLE', `Could not copy ${plan.source} to ${target}: ${(cause as Error).message}`, {cause});
  try {
    makeEmpty(target);
  } catch (cause) {
    throw unusable(cause);
  }
  try {
    return await new Copy(plan, target, options).run();
  } catch (error) {
    await rm(target, {recursive: true, force: true});
    throw error instanceof NotWritten ? unusable(error.cause) : error;
  }
}

function makeEmpty(directory: string): void {
  try {
    mkdirSync(directory, {mode: 0o700});
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || readdirSync(directory).length > 0) throw error;
  }
}

/** The target's side failed, not one file of the source. */
class NotWritten extends Error {}

/** A regular file that is held open, and where it goes. */
interface Job {
  readonly fd: number;
  readonly from: Buffer | string;
  readonly to: Buffer;
  readonly path: RawName;
  readonly size: number;
}

class Copy {
  readonly #plan: CopyPlan;
  readonly #target: Buffer;
  readonly #options: CopyOptions;
  readonly #leftOut: LeftOut[];
  /** What is in others is left out with them. */
  readonly #made = new Set<RawName>();
  #files = 0;
  #bytes = 0;

  constructor(plan: CopyPlan, target: string, options: CopyOptions) {
    this.#plan = plan;
    this.#target = Buffer.from(target);
    this.#options = options;
    this.#leftOut = [...plan.leftOut];
  }

  async run(): Promise<CopyResult> {
    const jobs = this.#jobs();
    // The first one to fail ends what the others take their jobs from; all are waited for, since they write.
    const ends = await Promise.allSettled(Array.from({length: atOnce}, () => this.#work(jobs)));
    const failed = ends.find(end => end.status === 'rejected');
    if (failed) throw failed.reason;
    return {files: this.#files, bytes: this.#bytes, leftOut: this.#leftOut};
  }

  async #work(jobs: Iterable<Job>): Promise<void> {
    for (const job of jobs) {
      try {
        if (await this.#copyFile(job)) this.#done(job.size);
      } finally {
        closeSync(job.fd);
      }
    }
  }

  *#jobs(): Generator<Job> {
    const root = openDirectory(this.#plan.source);
    try {
      for (const planned of this.#plan.directories) yield* this.#jobsIn(root, planned);
    } finally {
      root.close();
    }
  }

  *#jobsIn(root: Directory, {path, files}: PlannedDirectory): Generator<Job> {
    const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    if (path !== '' && !this.#made.has(parent)) return;
    if (this.#at(path).length > longest) return this.#leave(path, 'its path would be too long');
    const directory = this.#readable(path, () => descend(root, path === '' ? [] : path.split('/')));
    if (!directory) return;
    try {
      if (path !== '') this.#makeDirectory(path, statSync(directory.here).mode);
      this.#made.add(path);
      for (const {name, kind, size} of files) {
        this.#options.signal?.throwIfAborted();
        const inTree = path === '' ? name : `${path}/${name}`;
        if (kind === 'link') this.#copyLink(directory, name, inTree);
        else {
          const fd = this.#readable(inTree, () => openRegular(directory, name));
          if (fd !== undefined)
            yield {fd, from: placeOf(fd, directory, name), to: this.#at(inTree), path: inTree, size};
        }
      }
    } finally {
      directory.close();
    }
  }

  #makeDirectory(path: RawName, mode: number): void {
    written(() => {
      mkdirSync(this.#at(path));
      // Whatever it was: we still have to write in it, and one day to remove it.
      chmodSync(this.#at(path), (mode & permissions) | 0o700);
    });
  }

  #copyLink(directory: Directory, name: RawName, path: RawName): void {
    const to = this.#readable(path, () => readlinkSync(directory.at(name), {encoding: 'buffer'}));
    if (!to) return;
    written(() => symlinkSync(to, this.#at(path)));
    this.#done(0);
  }

  async #copyFile({fd, from, to, path}: Job): Promise<boolean> {
    const {mode, atime, mtime} = fstatSync(fd);
    try {
      await copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EIO') throw new NotWritten('', {cause});
      rmSync(to, {force: true});
      this.#leave(path, 'cannot be read (EIO)');
      return false;
    }
    written(() => {
      if ((mode & ~permissions & 0o7777) !== 0) chmodSync(to, mode & permissions);
      // Build tools compare them.
      utimesSync(to, atime, mtime);
    });
    return true;
  }

  /** Undefined, and told, when it is not what it was planned as. */
  #readable<T>(path: RawName, read: () => T): T | undefined {
    try {
      const found = read();
      if (found === undefined) this.#leave(path, 'is no file any more');
      return found;
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      this.#leave(path, whyUnreadable[code] ?? `cannot be read (${code})`);
      return undefined;
    }
  }

  #leave(path: RawName, why: string): void {
    this.#leftOut.push({path, why});
  }

  #done(bytes: number): void {
    this.#files++;
    this.#bytes += bytes;
    const {files, bytes: allBytes} = this.#plan;
    this.#options.onProgress?.({files: this.#files, bytes: this.#bytes, allFiles: files, allBytes});
  }

  #at(path: RawName): Buffer {
    return Buffer.concat([this.#target, Buffer.from(`/${path}`, 'latin1')]);
  }
}

const whyUnreadable: Readonly<Record<string, string>> = {
  ENOENT: 'has gone meanwhile',
  ENOTDIR: 'is no directory any more',
  ELOOP: 'is no directory any more',
  EINVAL: 'is no link any more',
};

function written(write: () => void): void {
  try {
    write();
  } catch (cause) {
    throw new NotWritten('', {cause});
  }
}

/** Of a file that is held open, whatever stands at its name by now; where there is no /proc, of its name. */
const placeOf = (fd: number, directory: Directory, name: RawName): string | Buffer =>
  process.platform === 'linux' ? `/proc/self/fd/${fd}` : directory.at(name);
