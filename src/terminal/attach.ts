import type {EventEmitter} from 'node:events';
import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Size} from '../lib/size.ts';
import {createDetachScanner} from './detach.ts';
import {enterSequence, leaveSequence, resetSequence} from './reset.ts';

/** A terminal that has taken in less than all but this much is behind: it gets a new picture instead of the rest. */
const mostUnwritten = 1024 * 1024;

/** What a person's terminal is connected to: a session's terminal, or a shell beside it. */
export interface Attachable<End> {
  onOutput(listener: (bytes: Uint8Array) => void): void;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  detach(): void;
  /** Sends the exact screen as output, from a terminal in its initial state. Where there is none, a slow terminal is waited for. */
  repaint?(): void;
  readonly closed: Promise<End>;
}

export interface AttachOptions<End> {
  readonly attachment: Attachable<End>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** As in `keys.detach`: ctrl-q. */
  readonly detachKey: string;
  readonly clock: Clock;
  /** The terminal is raw before and stays so: a key between two readers must not meet line editing, which turns Enter to LF and eats ctrl-q. */
  readonly raw?: boolean;
}

const sizeOf = (stdout: NodeJS.WriteStream): Size => ({columns: stdout.columns || 80, rows: stdout.rows || 24});

/** The terminal's size. Throws NOT_A_TERMINAL, before anything is asked of a session. */
export function requireTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, what: string): Size {
  if (!stdin.isTTY || !stdout.isTTY)
    throw new AppError('NOT_A_TERMINAL', `${what} needs a terminal on stdin and stdout`);
  return sizeOf(stdout);
}

/** Writes to the person's terminal, never holding more than it can take in. */
function createOutlet(stdout: NodeJS.WriteStream, repaint: (() => void) | undefined) {
  let behind = false;
  const caughtUp = () => {
    behind = false;
    repaint?.();
  };
  return {
    write(bytes: Uint8Array) {
      if (behind) return;
      if (repaint && stdout.writableLength > mostUnwritten) {
        behind = true;
        // Whatever was cut off must not change what the new picture means.
        stdout.write(resetSequence);
        stdout.once('drain', caughtUp);
      } else stdout.write(bytes);
    },
    close() {
      behind = true;
      stdout.off('drain', caughtUp);
    },
  };
}

/**
 * Connects this terminal to a session until it is detached, exits or is lost, then gives the terminal back as it was, also when
 * something throws. Throws NOT_A_TERMINAL, CONFIG_INVALID for the key.
 */
export async function runAttach<End>(options: AttachOptions<End>): Promise<End> {
  const {attachment, stdin, stdout, detachKey, clock, raw = false} = options;
  requireTerminal(stdin, stdout, 'Attaching');
  const scanner = createDetachScanner({key: detachKey, clock, flush: bytes => attachment.write(bytes)});
  const outlet = createOutlet(stdout, attachment.repaint ? () => attachment.repaint?.() : undefined);
  let over = false;
  const onBytes = (bytes: Uint8Array | string) => {
    const {forward, detached} = scanner.feed(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if (forward.length > 0) attachment.write(forward);
    if (!detached) return;
    over = true;
    attachment.detach();
  };
  // Read by need rather than flowing: a stream that was paused in between keeps its pending read, and whoever reads next (the
  // dashboard) would wait for it for ever. What is typed behind the detach key stays in the stream for them.
  const onReadable = () => {
    for (let bytes = over ? null : stdin.read(); bytes !== null; bytes = over ? null : stdin.read()) onBytes(bytes);
  };
  const onResize = () => attachment.resize(sizeOf(stdout));
  // An input that ends has nobody behind it any more.
  const onEnd = () => attachment.detach();
  const input: EventEmitter = stdin;
  const wasRaw = stdin.isRaw === true;
  try {
    stdin.setRawMode(true);
    stdout.write(enterSequence(stdout.rows));
    stdout.on('resize', onResize);
    // The window may have changed since the attachment was asked for.
    onResize();
    attachment.onOutput(outlet.write);
    input.on('readable', onReadable);
    input.once('end', onEnd);
    return await attachment.closed;
  } finally {
    over = true;
    scanner.close();
    outlet.close();
    input.off('readable', onReadable);
    input.off('end', onEnd);
    stdout.off('resize', onResize);
    await new Promise<void>(resolve => {
      stdout.write(leaveSequence(stdout.rows), () => resolve());
    });
    stdin.setRawMode(raw || wasRaw);
  }
}
