import {constants} from 'node:fs';
import {access, open, readdir, realpath, rm, stat, statfs} from 'node:fs/promises';
import {homedir, totalmem, userInfo} from 'node:os';
import path from 'node:path';
import {run} from '../exec.ts';
import {onPath} from '../on-path.ts';
import type {Env, FileFacts, Machine} from './machine.ts';

const mostBytes = 4 * 2 ** 20;

const orUndefined = <T>(work: Promise<T>): Promise<T | undefined> => work.catch(() => undefined);

/** Files below /proc and /sys say that they are empty: read to their end, or to what is enough. */
async function textOf(file: string): Promise<string> {
  // A FIFO of this name must not hold us.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if (!(await handle.stat()).isFile()) throw new Error(`${file} is not a file`);
    const pieces: Buffer[] = [];
    for (let length = 0; length < mostBytes; ) {
      const {buffer, bytesRead} = await handle.read(Buffer.alloc(64 * 1024));
      if (bytesRead === 0) break;
      pieces.push(buffer.subarray(0, bytesRead));
      length += bytesRead;
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    await handle.close();
  }
}

async function factsOf(file: string): Promise<FileFacts> {
  const found = await stat(file);
  const kind = found.isFile()
    ? 'file'
    : found.isDirectory()
      ? 'directory'
      : found.isSocket()
        ? 'socket'
        : found.isCharacterDevice() || found.isBlockDevice()
          ? 'device'
          : 'other';
  return {kind, uid: found.uid, mode: found.mode & 0o7777};
}

/** The nearest of a path and its parents for which `work` works. */
async function nearest<T>(
  file: string,
  work: (file: string) => Promise<T>,
): Promise<{at: string; value: T} | undefined> {
  for (let at = path.resolve(file); ; at = path.dirname(at)) {
    const value = await orUndefined(work(at));
    if (value !== undefined) return {at, value};
    if (at === path.dirname(at)) return undefined;
  }
}

async function stampIn(directory: string): Promise<number> {
  const file = path.join(directory, `.clock.${process.pid}`);
  const handle = await open(file, 'wx', 0o600);
  try {
    await handle.write('.');
    return (await handle.stat()).mtimeMs;
  } finally {
    await handle.close();
    await rm(file, {force: true});
  }
}

/** The machine this process runs on. */
export function thisMachine(env: Env): Machine {
  const uid = process.getuid?.() ?? 0;
  return {
    platform: process.platform,
    env,
    user: {
      uid,
      // A user of a container may have a number and no name.
      get name() {
        try {
          return userInfo().username;
        } catch {
          return String(uid);
        }
      },
      home: homedir(),
    },
    memoryBytes: totalmem(),
    now: () => Date.now(),
    read: file => orUndefined(textOf(file)),
    list: directory => readdir(directory).catch(() => []),
    about: file => orUndefined(factsOf(file)),
    async real(file) {
      const found = await nearest(file, at => realpath(at));
      return found ? path.join(found.value, path.relative(found.at, path.resolve(file))) : path.resolve(file);
    },
    async space(file) {
      const found = await nearest(file, at => statfs(at));
      if (!found) return undefined;
      const {bavail, blocks, bsize, ffree, files} = found.value;
      return {freeBytes: bavail * bsize, totalBytes: blocks * bsize, freeFiles: ffree, totalFiles: files};
    },
    usable: file =>
      access(file, constants.R_OK | constants.W_OK).then(
        () => true,
        () => false,
      ),
    which: async program => onPath(program, env.PATH),
    async run([program = '', ...args], signal) {
      // By the PATH that is looked at, which may be another than our own.
      const file = onPath(program, env.PATH);
      if (file === undefined) return {exitCode: 127, stdout: '', stderr: `${program}: not found`};
      return run(file, args, {env, ...(signal ? {signal} : {})});
    },
    stamp: directory => orUndefined(stampIn(directory)),
  };
}
