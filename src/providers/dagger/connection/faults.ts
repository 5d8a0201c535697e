import {stripVTControlCharacters} from 'node:util';
import {AppError} from '../../../errors.ts';

/** What the engine answered instead of a result, in its own words. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault';
  /** Of the command that failed within it. */
  readonly exec: {readonly exitCode: number; readonly stderr: string} | undefined;

  constructor(message: string, exec?: EngineFault['exec']) {
    super(message);
    this.exec = exec;
  }
}

const most = 300;
/** Shorter ones would take letters out of words. */
const leastSecret = 6;

/** Text of an engine or a program in one line: no escapes, none of these secrets, and in its middle only as long as can be read. */
export function plain(text: string, secrets: readonly string[] = []): string {
  const pieces = secrets.flatMap(secret => [secret, ...secret.split('\n')]).filter(({length}) => length >= leastSecret);
  const hidden = pieces.reduce((left, piece) => left.replaceAll(piece, '***'), text.slice(0, 64 * 1024));
  const line = stripVTControlCharacters(hidden)
    .replace(/\[traceparent:[^\]]*\]/g, '')
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  // What was tried stands at the beginning, the cause at the end.
  return line.length <= most ? line : `${line.slice(0, most / 3)} … ${line.slice(-(most * 2) / 3)}`;
}

/** The end of what a program said, for a message. */
export const lastLines = (text: string, secrets: readonly string[] = []): string =>
  text
    .split('\n')
    .map(line => plain(line, secrets))
    .filter(line => line !== '')
    .slice(-3)
    .join('; ');

/** What failed within the SDK as we have thrown it, or as the engine said it. */
export function faultIn(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof AppError || at instanceof EngineFault) return at;
  }
  return error;
}
