import {createHash} from 'node:crypto';
import {closeSync, existsSync, readSync, realpathSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {openDirectory, openRegular} from '../../lib/beneath.ts';
import {Misplaced, placesIn} from '../../lib/reading/yaml-places.ts';
import {type Project, projectIn} from './project-file.ts';

export const projectFileName = '.trails.yaml';

/** More than anybody writes by hand; what it costs to read grows with the square of its lines. */
const mostBytes = 16 * 1024;

export interface ProjectFile {
  /** The real path of the repository, or of a directory that is in none. */
  readonly repo: string;
  readonly file: string;
  readonly text: string;
  readonly digest: string;
  readonly project: Partial<Project>;
}

/** The work tree that a directory is in, or the directory; undefined where there is none. */
export function projectRoot(directory: string): string | undefined {
  let real: string;
  try {
    real = realpathSync(directory);
  } catch {
    return undefined;
  }
  for (let at = real; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return real;
  }
}

const refuse = (file: string, why: string, cause?: unknown) =>
  new AppError('CONFIG_INVALID', `${file}: ${why}`, {hint: 'Mend that file, or take it away.', cause});

/** Whoever writes the repository writes it: no link is followed, and no more is read than it may have. */
function contentIn(repo: string, file: string): Buffer | undefined {
  let fd: number | undefined;
  try {
    const directory = openDirectory(repo);
    try {
      fd = openRegular(directory, projectFileName);
    } finally {
      directory.close();
    }
  } catch (cause) {
    const {code} = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw refuse(file, `it cannot be read (${code})`, cause);
  }
  if (fd === undefined) throw refuse(file, 'it is no regular file');
  try {
    const bytes = Buffer.alloc(mostBytes + 1);
    let length = 0;
    for (;;) {
      const read = readSync(fd, bytes, length, bytes.length - length, null);
      length += read;
      if (read === 0 || length > mostBytes) break;
    }
    if (length > mostBytes) throw refuse(file, `it has more than ${mostBytes / 1024} KB`);
    return bytes.subarray(0, length);
  } finally {
    closeSync(fd);
  }
}

function textOf(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', {fatal: true}).decode(bytes);
  } catch (cause) {
    throw refuse(file, 'it is not UTF-8', cause);
  }
}

/** The project file of the repository that a directory is in. Throws CONFIG_INVALID with everything that is wrong with it. */
export function readProject(directory: string): ProjectFile | undefined {
  const repo = projectRoot(directory);
  if (repo === undefined) return undefined;
  const file = path.join(repo, projectFileName);
  const bytes = contentIn(repo, file);
  if (bytes === undefined) return undefined;
  const text = textOf(bytes, file);
  try {
    return {repo, file, text, digest: createHash('sha256').update(bytes).digest('hex'), project: projectIn(text)};
  } catch (error) {
    if (!(error instanceof Misplaced)) throw error;
    throw new AppError('CONFIG_INVALID', placesIn(file, error), {
      hint: '`trails config schema --project` tells what may stand there.',
      cause: error,
    });
  }
}
