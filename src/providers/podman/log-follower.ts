import {closeSync, type FSWatcher, fstatSync, openSync, readSync, statSync, watch} from 'node:fs';
import {K8sLog} from './k8s-log.ts';

const pieceBytes = 128 * 1024;

export interface LogFollower {
  readonly caughtUp: Promise<void>;
  /** Reads no further until `resume`. */
  pause(): void;
  resume(): void;
  /** Reads to the present end of the file, then stops. */
  finish(): Promise<void>;
  stop(): void;
}

/**
 * Follows conmon's log on disk: history and the present are one exact stream, and nothing a reader does can hold the agent up, as
 * a paused attach connection would. Positions are offsets in that file,
 * always of a line's end: one in the middle of a line could not be begun at again.
 */
export function followLog(
  file: string,
  options: {readonly from: number; readonly cuts: readonly number[]},
  onData: (bytes: Uint8Array, end: number) => void,
): LogFollower {
  const fd = openSync(file, 'r');
  const goal = fstatSync(fd).size;
  const log = new K8sLog(options.from, options.cuts);
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let position = options.from;
  let over = false;
  let paused = false;
  let scheduled = false;
  let settleCaughtUp = () => {};
  const caughtUp = new Promise<void>(resolve => {
    settleCaughtUp = resolve;
  });
  const whenDrained: (() => void)[] = [];
  let watcher: FSWatcher | undefined;

  /** One read of at most a piece; false at the end of the file. */
  const readPiece = (): boolean => {
    const length = readSync(fd, buffer, 0, pieceBytes, position);
    if (length === 0) return false;
    position += length;
    for (const {bytes, end} of log.push(buffer.subarray(0, length))) {
      // The listener may have stopped us at an earlier piece.
      if (!over) onData(bytes, end);
    }
    return true;
  };
  const drained = () => {
    if (position >= goal) settleCaughtUp();
    for (const call of whenDrained.splice(0)) call();
  };
  // One piece a turn of the event loop: a flood must not keep keys from being read.
  const drain = () => {
    scheduled = false;
    if (over || paused) return;
    if (readPiece()) schedule();
    else drained();
  };
  const schedule = () => {
    if (scheduled || over) return;
    scheduled = true;
    setImmediate(drain);
  };
  const stop = () => {
    if (over) return;
    over = true;
    watcher?.close();
    closeSync(fd);
    settleCaughtUp();
    for (const call of whenDrained.splice(0)) call();
  };

  watcher = watch(file, () => {
    // Straight away when nothing is pending: the echo of a key should not wait for a turn.
    if (!scheduled && !over) drain();
  });
  watcher.on('error', () => {});
  schedule();
  return {
    caughtUp,
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      schedule();
    },
    finish: () =>
      new Promise<void>(resolve => {
        if (over) return resolve();
        paused = false;
        whenDrained.push(resolve);
        schedule();
      }).then(stop),
    stop,
  };
}

const longestLine = 64 * 1024;

/** The end of the last whole line; 0 where nothing was written yet. A line still being written would be no place to begin at. */
export function recordEnd(file: string): number {
  const size = statSync(file, {throwIfNoEntry: false})?.size ?? 0;
  if (size === 0) return 0;
  const fd = openSync(file, 'r');
  try {
    const tail = Buffer.allocUnsafe(Math.min(size, longestLine));
    const from = size - tail.length;
    const length = readSync(fd, tail, 0, tail.length, from);
    const end = tail.subarray(0, length).lastIndexOf(0x0a);
    return end === -1 ? size : from + end + 1;
  } finally {
    closeSync(fd);
  }
}
