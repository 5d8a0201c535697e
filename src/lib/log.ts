import path from 'node:path';
import {privateDirectory} from './files.ts';
import type {LogFile} from './log-file.ts';
import type {Paths} from './paths.ts';
import type {Rotation} from './rotating-file.ts';

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type Level = (typeof levels)[number];

export type Fields = Readonly<Record<string, unknown>>;

/** What happened, for the person who looks for a cause later: JSON lines in <state>/trails.log, the daemon's in daemon.log. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Resolves when everything said so far is in the file. */
  flush(): Promise<void>;
}

const levelFrom = (text: string | undefined): Level => levels.find(level => level === text) ?? 'info';

export interface LogOptions {
  readonly file?: string;
  /** Only where one process alone writes the file. */
  readonly rotation?: Rotation;
}

/** Opens the file at the first line that is worth writing: a run that says nothing costs nothing. */
export function openLog(
  paths: Pick<Paths, 'state'>,
  env: Readonly<Record<string, string | undefined>>,
  {file: name = path.join(paths.state, 'trails.log'), rotation}: LogOptions = {},
): Log {
  const level = levelFrom(env.TRAILS_LOG);
  let queue: Promise<unknown> = Promise.resolve();
  let file: Promise<LogFile> | undefined;

  const write = async (own: Exclude<Level, 'silent'>, message: string, fields: Fields) => {
    file ??= import('./log-file.ts').then(({openLogFile}) => {
      privateDirectory(path.dirname(name));
      return openLogFile(name, level, rotation);
    });
    (await file)[own](fields, message);
  };
  const at =
    (own: Exclude<Level, 'silent'>) =>
    (message: string, fields: Fields = {}) => {
      if (levels.indexOf(own) < levels.indexOf(level)) return;
      // A log that cannot be written must not stop the work it tells of.
      queue = queue.then(() => write(own, message, fields)).catch(() => {});
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    flush: async () => {
      await queue;
    },
  };
}

/** Keeps nothing. */
export const silentLog: Log = {debug() {}, info() {}, warn() {}, error() {}, flush: async () => {}};
