import type {EventEmitter} from 'node:events';
import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Size} from '../lib/size.ts';
import {createDetachScanner} from './detach.ts';
import {enterSequence, leaveSequence} from './reset.ts';

/** What a person's terminal is connected to: a session's terminal, or a shell beside it. */
export interface Attachable<End> {
  onOutput(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  detach(): void;
  readonly closed: Promise<End>;
}

export interface AttachOptions<End> {
  readonly attachment: Attachable<End>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** As in `keys.detach`: ctrl-q. */
  readonly detachKey: string;
  readonly clock: Clock;
}

/** Throws NOT_A_TERMINAL, before anything is asked of a session. */
export function requireTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, what: string): Size {
  if (!stdin.isTTY || !stdout.isTTY)
    throw new AppError('NOT_A_TERMINAL', `${what} needs a terminal on stdin and stdout`);
  return {columns: stdout.columns, rows: stdout.rows};
}

/**
 * Connects this terminal to a session until it is detached, exits or is lost, then gives the terminal back as it was, also when
 * something throws.
 */
export async function runAttach<End>(options: AttachOptions<End>): Promise<End> {
  const {attachment, stdin, stdout, detachKey, clock} = options;
  requireTerminal(stdin, stdout, 'Attaching');
  const scanner = createDetachScanner({key: detachKey, clock, flush: bytes => attachment.write(bytes)});
  let over = false;
  const onInput = (bytes: Uint8Array | string) => {
    if (over) return;
    const {forward, detached} = scanner.feed(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if (forward.length > 0) attachment.write(forward);
    if (detached) attachment.detach();
  };
  const onResize = () => attachment.resize({columns: stdout.columns, rows: stdout.rows});
  // An input that ends has nobody behind it any more.
  const onEnd = () => attachment.detach();
  const input: EventEmitter = stdin;
  const wasRaw = stdin.isRaw === true;
  stdin.setRawMode(true);
  try {
    stdout.write(enterSequence(stdout.rows));
    attachment.onOutput(bytes => {
      if (!over) stdout.write(bytes);
    });
    input.on('data', onInput);
    input.once('end', onEnd);
    stdout.on('resize', onResize);
    stdin.resume();
    return await attachment.closed;
  } finally {
    over = true;
    input.off('data', onInput);
    input.off('end', onEnd);
    stdout.off('resize', onResize);
    stdin.pause();
    await new Promise<void>(resolve => {
      stdout.write(leaveSequence(stdout.rows), () => resolve());
    });
    stdin.setRawMode(wasRaw);
  }
}
