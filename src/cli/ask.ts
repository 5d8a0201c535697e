import {createInterface} from 'node:readline';
import {AppError} from '../errors.ts';
import type {Context} from './context.ts';

/** Asks on stderr, so that stdout stays a result. Anything but yes is no, and so is the end of input. Ctrl-C ends the command. */
export function confirm(context: Context, question: string): Promise<boolean> {
  const {stdin, stderr, stop} = context;
  return new Promise((resolve, reject) => {
    const reader = createInterface({input: stdin, output: stderr, terminal: false});
    const leave = () => {
      reader.close();
      reject(stop.signal.reason);
    };
    stop.signal.addEventListener('abort', leave, {once: true});
    reader.once('line', answer => {
      resolve(/^\s*y(es)?\s*$/i.test(answer));
      reader.close();
    });
    reader.once('close', () => {
      stop.signal.removeEventListener('abort', leave);
      resolve(false);
    });
    stderr.write(`${question} [y/N] `);
  });
}

/** Throws USAGE when there is nobody to ask. */
export function needAnswer({stdin}: Context, what: string, option: string): void {
  if (stdin.isTTY) return;
  throw new AppError('USAGE', `${what} asks before it goes on, and stdin is not a terminal`, {
    hint: `Use \`${option}\` to go on without being asked.`,
  });
}
