import {createInterface, type Interface} from 'node:readline';
import {AppError} from '../errors.ts';
import {orAborted} from '../lib/or-aborted.ts';
import type {Context} from './context.ts';

const isYes = (answer: string): boolean => /^\s*y(es)?\s*$/i.test(answer);

/** A person at the keyboard. One for all questions of a command: what was typed ahead of the next question is not lost. */
export interface Asker {
  /** Asks on stderr, so that stdout stays a result. Anything but yes is no, and so is the end of input. Ctrl-C ends the command. */
  confirm(question: string): Promise<boolean>;
  close(): void;
}

/** Between questions nothing is read: what a step starts, such as sudo, has the keyboard then. */
export function openAsker({stdin, stderr, stop}: Context): Asker {
  const ahead: string[] = [];
  let answer: (line: string | undefined) => void = () => {};
  let ended = false;
  let reader: Interface | undefined;
  const open = (): Interface => {
    const fresh = createInterface({input: stdin, output: stderr, terminal: false});
    fresh.on('line', line => {
      ahead.push(line);
      answer(ahead[0]);
    });
    fresh.once('close', () => {
      ended = true;
      answer(undefined);
    });
    return fresh;
  };
  return {
    async confirm(question) {
      stderr.write(`${question} [y/N] `);
      if (ahead.length === 0 && !ended) {
        reader ??= open();
        const line = new Promise<unknown>(resolve => {
          answer = resolve;
        });
        reader.resume();
        await orAborted(line, stop.signal);
        if (!ended) reader.pause();
      }
      return isYes(ahead.shift() ?? '');
    },
    close: () => reader?.close(),
  };
}

/** One question alone. */
export async function confirm(context: Context, question: string): Promise<boolean> {
  const asker = openAsker(context);
  try {
    return await asker.confirm(question);
  } finally {
    asker.close();
  }
}

/** Throws USAGE when there is nobody to ask. */
export function needAnswer({stdin}: Context, what: string, option: string): void {
  if (stdin.isTTY) return;
  throw new AppError('USAGE', `${what} asks before it goes on, and stdin is not a terminal`, {
    hint: `Use \`${option}\` to go on without being asked.`,
  });
}
