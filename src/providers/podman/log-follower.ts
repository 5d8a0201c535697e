import {closeSync, type FSWatcher, fstatSync, openSync, readSync, watch} from 'node:fs';
import {createLogParser} from './k8s-log.ts';

const pieceBytes = 128 * 1024;

export interface LogFollower {
  readonly caughtUp: Promise<void>;
  /** Reads to the present end of the file, then stops. */
  finish(): Promise<void>;
  stop(): void;
}

/**
 * Follows conmon's log on disk: history and the present are one exact stream, and nothing a reader does can hold the agent up, as
 * a paused attach connection would. Positions are offsets in that file.
 */
export function followLog(
  file: string,
  options: {readonly from: number; readonly cuts: readonly number[]},
  onData: (bytes: Uint8Array, end: number) => void,
): LogFollower {
  const fd = openSync(file, 'r');
  const goal = fstatSync(fd).size;
  const cuts = options.cuts.filter(cut => cut > options.from).sort((a, b) => a - b);
  const parser = createLogParser();
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let position = options.from;
  let over = false;
  let scheduled = false;
  let settleCaughtUp = () => {};
  const caughtUp = new Promise<void>(resolve => {
    settleCaughtUp = resolve;
  });
  const whenDrained: (() => void)[] = [];
  let watcher: FSWatcher | undefined;

  /** One read of at most a piece; false at the end of the file. */
  const readPiece = (): boolean => {
    const cut = cuts[0];
    const most = cut === undefined ? pieceBytes : Math.min(pieceBytes, cut - position);
    const length = readSync(fd, buffer, 0, most, position);
    if (length === 0) return false;
    position += length;
    if (cut !== undefined && position >= cut) cuts.shift();
    // The bytes leave this function: the buffer is used again.
    const bytes = Buffer.from(parser.feed(buffer.subarray(0, length)));
    if (bytes.length > 0) onData(bytes, position);
    return true;
  };
  const drained = () => {
    if (position >= goal) settleCaughtUp();
    for (const call of whenDrained.splice(0)) call();
  };
  // One piece a turn of the event loop: a flood must not keep keys from being read.
  const drain = () => {
    scheduled = false;
    if (over) return;
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
    finish: () =>
      new Promise<void>(resolve => {
        if (over) return resolve();
        whenDrained.push(resolve);
        schedule();
      }).then(stop),
    stop,
  };
}
