import {once} from 'node:events';
import {createWriteStream, type WriteStream} from 'node:fs';
import {AppError} from '../../../errors.ts';
import {bytes as amount} from '../../../lib/amount.ts';
import type {Clock} from '../../../lib/clock.ts';
import {shownPath} from '../../../lib/shown-path.ts';
import type {Channel} from '../link/link.ts';
import type {Taken} from './checkpoint.ts';
import {createFrameReader, createOrder, type Frame, isGitState} from './frames.ts';
import {type Journal, type Stream, streams} from './journal.ts';

/** Of one checkpoint of one root. */
export interface ReceiveLimits {
  readonly bytes: number;
  readonly entries: number;
}

export interface Received {
  readonly bytes: number;
  readonly leftOut: Taken['leftOut'];
  /** What changed can be told from the listing inside the next time. */
  readonly kept: boolean;
  /** Nothing is to be brought in. */
  readonly empty: boolean;
}

interface Receiving {
  readonly clock: Clock;
  readonly limits: ReceiveLimits;
  /** Of what, for a message. */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

/** Who is inside may be stopped, by those it lives with. */
const patienceMs = 60_000;
const mostLeftOut = 20;
const mostWords = 500;

const inGit = /(?:^|\/)\.git\//;

function streamOf(frame: Frame): Stream | undefined {
  if (!('path' in frame)) return undefined;
  if (frame.kind === 'removed') return inGit.test(frame.path) ? 'stale' : 'removed';
  return isGitState(frame.path) ? 'state' : 'files';
}

/** Writes what comes from inside to the journal's files, checked. Throws ENGINE_UNREACHABLE, ENGINE_REFUSED, STATE_UNUSABLE. */
export async function receive(
  channel: Channel,
  journal: Journal,
  {clock, limits, what, signal}: Receiving,
): Promise<Received> {
  const files = Object.fromEntries(
    streams.map(stream => [stream, createWriteStream(journal.file(stream), {mode: 0o600})]),
  ) as Record<Stream, WriteStream>;
  const frames = createFrameReader();
  const inOrder = createOrder();
  const leftOut: {path: string; why: string}[] = [];
  let stream: Stream = 'files';
  let [bytes, entries, changes, words] = [0, 0, 0, ''];
  let ended: {readonly kept: boolean} | undefined;

  const enter = (frame: Frame): boolean => {
    inOrder(frame);
    if (frame.kind === 'end') ended = frame;
    if (frame.kind === 'alive' || frame.kind === 'end') return true;
    const own = streamOf(frame);
    if (own && ++entries > limits.entries)
      throw new AppError('STATE_UNUSABLE', `${what} holds more than ${limits.entries} files`);
    if (frame.kind === 'left' && leftOut.length < mostLeftOut)
      leftOut.push({path: shownPath(frame.path), why: frame.why});
    stream = own ?? stream;
    // What is left out is told each time.
    if (frame.kind !== 'begin' && frame.kind !== 'left') changes++;
    else if (frame.kind === 'begin' && frame.whole) changes++;
    return files[frame.kind === 'begin' ? 'files' : stream].write(frame.bytes);
  };
  const take = (piece: Uint8Array) => {
    bytes += piece.byteLength;
    if (bytes > limits.bytes)
      throw new AppError('STATE_UNUSABLE', `More than ${amount(limits.bytes)} changed in ${what}`, {
        hint: 'Remove what is not needed there; until then its checkpoint stays the last one.',
      });
    let room = true;
    for (const frame of frames(piece)) room = enter(frame) && room;
    if (room) return;
    channel.pause();
    const full = Object.values(files).filter(file => file.writableNeedDrain);
    void Promise.all(full.map(file => once(file, 'drain'))).then(channel.resume, () => {});
  };

  let cancel = () => {};
  let leave = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      const wait = () => {
        cancel();
        cancel = clock.after(patienceMs, () =>
          reject(new AppError('ENGINE_UNREACHABLE', `Nothing came from ${what} for ${patienceMs / 1000} s`)),
        );
      };
      wait();
      leave = () => reject(signal?.reason);
      signal?.addEventListener('abort', leave, {once: true});
      if (signal?.aborted) leave();
      for (const file of Object.values(files)) file.once('error', reject);
      channel.onOutput((from, piece) => {
        if (from === 'stderr') {
          words = `${words}${Buffer.from(piece).toString()}`.slice(-mostWords);
          return;
        }
        wait();
        try {
          take(piece);
        } catch (error) {
          reject(error);
        }
      });
      void channel.closed.then(code => {
        if (code === 0 && ended) return resolve();
        const said = words.trim() === '' ? '' : `: ${shownText(words.trim())}`;
        if (code === undefined)
          return reject(new AppError('ENGINE_UNREACHABLE', `The connection broke while ${what} was brought`));
        reject(new AppError('ENGINE_REFUSED', `${what} cannot be read inside, it ended with ${code}${said}`));
      });
    });
    await Promise.all(Object.values(files).map(close));
  } finally {
    cancel();
    signal?.removeEventListener('abort', leave);
    channel.close();
    for (const file of Object.values(files)) file.destroy();
  }
  return {bytes, leftOut, kept: ended?.kept ?? false, empty: changes === 0};
}

const close = (file: WriteStream): Promise<void> =>
  new Promise((resolve, reject) => {
    file.once('error', reject);
    file.end(resolve);
  });

const shownText = (text: string): string => shownPath(Buffer.from(text, 'utf8').toString('latin1'));
