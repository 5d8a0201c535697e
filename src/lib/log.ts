import path from 'node:path';
import {privateDirectory} from './files.ts';
import type {Paths} from './paths.ts';

const levels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
type Level = (typeof levels)[number];

type Fields = Readonly<Record<string, unknown>>;

/** What happened, for the person who looks for a cause later: JSON lines in <state>/trails.log. */
export interface Log {
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** Resolves when everything said so far is in the file. */
  flush(): Promise<void>;
}

// Values of variables are credentials more often than not; the names are enough to find a mistake.
const secret = ['env.*', '*.env.*', '*.*.env.*'];

const levelFrom = (text: string | undefined): Level => levels.find(level => level === text) ?? 'info';

async function openFile(paths: Paths, level: Level) {
  const {pino} = await import('pino');
  const dest = path.join(privateDirectory(paths.state), 'trails.log');
  return pino(
    {level, base: {pid: process.pid}, redact: {paths: secret, censor: '[hidden]'}},
    pino.destination({dest, sync: true, mode: 0o600}),
  );
}

/** Opens the file at the first line that is worth writing: a run that says nothing costs nothing. */
export function openLog(paths: Paths, env: Readonly<Record<string, string | undefined>>): Log {
  const level = levelFrom(env.TRAILS_LOG);
  let queue: Promise<unknown> = Promise.resolve();
  let file: ReturnType<typeof openFile> | undefined;

  const write = async (own: Exclude<Level, 'silent'>, message: string, fields: Fields) => {
    file ??= openFile(paths, level);
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
