import {closeSync, openSync, readSync, statSync} from 'node:fs';
import {type FileFollower, followFile} from '../file-follower.ts';
import {K8sLog} from './k8s-log.ts';

/**
 * Follows conmon's log on disk: history and the present are one exact stream, and nothing a reader does can hold the agent up, as
 * a paused attach connection would. Positions are offsets in that file,
 * always of a line's end: one in the middle of a line could not be begun at again.
 */
export function followLog(
  file: string,
  options: {readonly from: number; readonly cuts: readonly number[]},
  onData: (bytes: Uint8Array, end: number) => void,
): FileFollower {
  const log = new K8sLog(options.from, options.cuts);
  return followFile(file, {from: options.from, watched: true}, piece => {
    for (const {bytes, end} of log.push(piece)) onData(bytes, end);
  });
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
