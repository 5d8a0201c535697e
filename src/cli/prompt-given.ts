import {AppError} from '../errors.ts';
import type {Context} from './context.ts';

/** More than the sessions take: it is not read to its end. */
const mostBytes = 2 ** 20;

/** The text as it was written, or for `-` what comes on stdin. Throws PROMPT_INVALID for more than a prompt can be. */
export async function promptGiven({stdin, stop}: Context, text: string): Promise<string> {
  if (text !== '-') return text;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of stdin) {
    stop.signal.throwIfAborted();
    pieces.push(Buffer.from(piece));
    bytes += Buffer.byteLength(piece);
    if (bytes > mostBytes) throw new AppError('PROMPT_INVALID', 'What came on stdin is more than 1 MB');
  }
  return Buffer.concat(pieces).toString();
}
