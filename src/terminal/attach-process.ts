import {createByteQueue} from '../lib/byte-queue.ts';
import type {Size} from '../lib/size.ts';
import type {Attachable} from './attach.ts';

/** A process with a terminal of its own. */
export interface TerminalProcess {
  onOutput(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  pause(): void;
  resume(): void;
  write(bytes: Uint8Array): Promise<void>;
  resize(size: Size): void;
  kill(): void;
  readonly exit: Promise<number>;
}

export type ProcessEnd = {readonly reason: 'detached'} | {readonly reason: 'exited'; readonly exitCode: number};

/** Waits for a terminal that takes it in slowly; then the process waits. */
const mostWaiting = 256 * 1024;

/** A process as something a terminal can be connected to. Leaving it ends it: nobody could come back. */
export function attachProcess(running: TerminalProcess): Attachable<ProcessEnd> {
  const queue = createByteQueue({onHungry: running.resume});
  const {promise: closed, resolve, reject} = Promise.withResolvers<ProcessEnd>();
  running.onOutput((_stream, bytes) => {
    queue.push(bytes);
    if (queue.length > mostWaiting) running.pause();
  });
  running.exit.finally(queue.end).then(exitCode => resolve({reason: 'exited', exitCode}), reject);
  return {
    output: queue.output,
    write: bytes => void running.write(bytes),
    resize: running.resize,
    detach() {
      running.kill();
      resolve({reason: 'detached'});
    },
    closed,
  };
}
