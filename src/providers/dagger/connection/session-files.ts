import {existsSync, readFileSync, rmSync, truncateSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../../errors.ts';
import {run} from '../../../lib/exec.ts';
import {privateDirectory, writeWhole} from '../../../lib/files.ts';
import {isAlive, type Worker, workerOf} from '../../../lib/worker.ts';
import type {Session} from './ask.ts';

/** Longer ones are none that a CLI wrote. */
const mostChars = 64 * 1024;

/** What is kept of the one session process of a home, for the next daemon: in a directory that only its owner can enter. */
export interface SessionFiles {
  /** A FIFO: the CLI ends with the end of its stdin. */
  readonly input: string;
  /** What it says on stdout: port and token. */
  readonly output: string;
  readonly log: string;
  /** The process, while it is at work. */
  worker(): Worker | undefined;
  /** Where it answers, once it has said so. */
  session(): Session | undefined;
  /** The end of what it said besides. */
  said(): string;
  /** Makes way for a new one; `keepLog`: its log goes on behind the earlier ones'. */
  prepare(keepLog: boolean): Promise<void>;
  begun(pid: number): void;
  forget(): void;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function sessionIn(text: string): Session | undefined {
  const [line = ''] = text
    .slice(0, mostChars)
    .split('\n')
    .filter(each => each.startsWith('{'));
  try {
    const {port, session_token: token} = JSON.parse(line) as Record<string, unknown>;
    const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
    return isPort && typeof token === 'string' && token !== '' ? {port, token} : undefined;
  } catch {
    // It has not said it all yet.
    return undefined;
  }
}

export function sessionFilesIn(directory: string): SessionFiles {
  const at = (name: string) => path.join(directory, name);
  const [input, output, log, process] = [at('session.in'), at('session.out'), at('session.log'), at('session.process')];
  return {
    ...{input, output, log},
    worker() {
      const worker = read(process);
      return /^\d+:\d*$/.test(worker) && isAlive(worker) ? worker : undefined;
    },
    session: () => sessionIn(read(output)),
    said: () => read(log).slice(-mostChars),
    async prepare(keepLog) {
      privateDirectory(directory);
      for (const file of [process, output, input]) rmSync(file, {force: true});
      if (!keepLog && existsSync(log)) truncateSync(log);
      const {exitCode, stderr} = await run('mkfifo', ['-m', '600', input]);
      if (exitCode !== 0) throw new AppError('STATE_UNUSABLE', `Could not make ${input}: ${stderr.trim()}`);
    },
    begun: pid => writeWhole(process, workerOf(pid)),
    forget() {
      for (const file of [process, output, input]) rmSync(file, {force: true});
    },
  };
}
