import {closeSync, type FSWatcher, fstatSync, openSync, readSync, watch} from 'node:fs';

const pieceBytes = 128 * 1024;

export interface FileFollower {
  readonly caughtUp: Promise<void>;
  /** The file has grown: for a writer that knows it sooner than the system tells. */
  grown(): void;
  /** Reads no further until `resume`. */
  pause(): void;
  resume(): void;
  /** Reads to the present end of the file, then stops. */
  finish(): Promise<void>;
  stop(): void;
}

/** What is in a file from a position on, and what others append to it. The bytes are the listener's until it returns. */
export function followFile(
  file: string,
  {from, watched}: {readonly from: number; readonly watched: boolean},
  onRead: (bytes: Buffer) => void,
): FileFollower {
  const fd = openSync(file, 'r');
  const goal = fstatSync(fd).size;
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let position = from;
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
    onRead(buffer.subarray(0, length));
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

  const grown = () => {
    // Straight away when nothing is pending: the echo of a key should not wait for a turn.
    if (!scheduled && !over) drain();
  };
  if (watched) {
    watcher = watch(file, grown);
    watcher.on('error', () => {});
  }
  schedule();
  return {
    caughtUp,
    grown,
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
