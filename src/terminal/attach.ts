import {type EventEmitter, once} from 'node:events';
import {AppError} from '../errors.ts';
import type {Clock} from '../lib/clock.ts';
import type {Size} from '../lib/size.ts';
import {writerBeside} from './beside.ts';
import {createDetachScanner} from './detach.ts';
import {enterSequence, leaveSequence} from './reset.ts';

/** What a person's terminal is connected to: a session's terminal, or a shell beside it. */
export interface Attachable<End> {
  /** Read as fast as the person's terminal takes it in, no faster. Ends with the attachment. */
  readonly output: AsyncIterable<Uint8Array>;
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
  /** The terminal is raw before and stays so: a key between two readers must not meet line editing, which turns Enter to LF and eats ctrl-q. */
  readonly raw?: boolean;
  /** Gets what writes to the terminal beside the session, between its sequences, for as long as the session has it. */
  readonly onBeside?: (write: (text: string) => void) => void;
}

const sizeOf = (stdout: NodeJS.WriteStream): Size => ({columns: stdout.columns || 80, rows: stdout.rows || 24});

/** The terminal's size. Throws NOT_A_TERMINAL, before anything is asked of a session. */
export function requireTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, what: string): Size {
  if (!stdin.isTTY || !stdout.isTTY)
    throw new AppError('NOT_A_TERMINAL', `${what} needs a terminal on stdin and stdout`);
  return sizeOf(stdout);
}

const aborted = (signal: AbortSignal) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), {once: true});
  });

/** Hands on what comes until it ends or nobody wants it any more; what the terminal has not taken in is waited for. */
async function passOn(
  output: AsyncIterable<Uint8Array>,
  stdout: NodeJS.WriteStream,
  left: AbortSignal,
  onPassed: (bytes: Uint8Array) => void,
): Promise<void> {
  for await (const bytes of output) {
    if (left.aborted) return;
    const taken = stdout.write(bytes);
    onPassed(bytes);
    if (taken) continue;
    await once(stdout, 'drain', {signal: left}).catch(error => {
      if (!left.aborted) throw error;
    });
    if (left.aborted) return;
  }
}

/**
 * Connects this terminal to a session until it is detached, exits or is lost, then gives the terminal back as it was, also when
 * something throws. Throws NOT_A_TERMINAL, CONFIG_INVALID for the key.
 */
export async function runAttach<End>(options: AttachOptions<End>): Promise<End> {
  const {attachment, stdin, stdout, detachKey, clock, raw = false} = options;
  requireTerminal(stdin, stdout, 'Attaching');
  const scanner = createDetachScanner({key: detachKey, clock, flush: bytes => attachment.write(bytes)});
  const left = new AbortController();
  let over = false;
  // An input that ends has nobody behind it any more, either.
  const leave = () => {
    attachment.detach();
    left.abort();
  };
  const onBytes = (bytes: Uint8Array | string) => {
    const {forward, detached} = scanner.feed(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
    if (forward.length > 0) attachment.write(forward);
    if (!detached) return;
    over = true;
    leave();
  };
  // Read by need rather than flowing: a stream that was paused in between keeps its pending read, and whoever reads next (the
  // dashboard) would wait for it for ever. What is typed behind the detach key stays in the stream for them.
  const onReadable = () => {
    for (let bytes = over ? null : stdin.read(); bytes !== null; bytes = over ? null : stdin.read()) onBytes(bytes);
  };
  const onResize = () => attachment.resize(sizeOf(stdout));
  const input: EventEmitter = stdin;
  const wasRaw = stdin.isRaw === true;
  try {
    stdin.setRawMode(true);
    stdout.write(enterSequence(stdout.rows));
    stdout.on('resize', onResize);
    // The window may have changed since the attachment was asked for.
    onResize();
    input.on('readable', onReadable);
    input.once('end', leave);
    const beside = writerBeside(text => stdout.write(text));
    options.onBeside?.(beside.write);
    const passed = passOn(attachment.output, stdout, left.signal, beside.passed);
    const end = await Promise.race([attachment.closed, passed.then(() => attachment.closed)]);
    // Last words are shown, unless the terminal is stuck and the user leaves.
    await Promise.race([passed, aborted(left.signal)]);
    return end;
  } finally {
    over = true;
    scanner.close();
    left.abort();
    input.off('readable', onReadable);
    input.off('end', leave);
    stdout.off('resize', onResize);
    // A terminal that takes nothing in gets it when it does again.
    const stuck = stdout.writableLength > 0;
    const given = new Promise<void>(resolve => {
      stdout.write(leaveSequence(stdout.rows), () => resolve());
    });
    if (!stuck) await given;
    stdin.setRawMode(raw || wasRaw);
  }
}
