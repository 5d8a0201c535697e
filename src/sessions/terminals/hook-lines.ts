import {closeSync, type FSWatcher, fstatSync, readSync, type Stats, unlinkSync, watch} from 'node:fs';
import {openDirectory, openRegular} from '../../lib/beneath.ts';
import type {Clock} from '../../lib/clock.ts';

const file = 'hooks.jsonl';

/** Takes away what the hooks of a run wrote, before the next one begins: whatever stands there is the agent's, and not followed. */
export function forgetHookLines(directory: string): void {
  try {
    const held = openDirectory(directory);
    try {
      unlinkSync(held.at(file));
    } finally {
      held.close();
    }
  } catch {
    // Nothing; or a directory, which is never read, and as large as the agent liked: nobody waits for it to be emptied.
  }
}

/** Of what an agent writes no more is read in a second; what is older is passed over. */
const mostASecond = 256 * 1024;
const longestLine = 64 * 1024;
/** An agent that writes without end wakes us no more often. */
const restMs = 20;
/** Where the system cannot tell of changes. */
const pollMs = 500;
const newline = 0x0a;

export interface HookLinesOptions {
  /** Host side of what the agent's hooks write to: all of it is the agent's. */
  readonly directory: string;
  readonly clock: Clock;
  readonly onLine: (line: string) => void;
}

export interface HookLines {
  /** A new run begins: what stands there is its own, from the beginning. */
  restart(): void;
  close(): void;
}

/** Calls with the file if it is a regular one; a link, a FIFO or nothing at all is passed over. */
function withFile(directory: string, act: (fd: number, found: Stats) => void): void {
  let held: ReturnType<typeof openDirectory>;
  try {
    held = openDirectory(directory);
  } catch {
    return;
  }
  try {
    const fd = openRegular(held, file);
    if (fd === undefined) return;
    try {
      act(fd, fstatSync(fd));
    } finally {
      closeSync(fd);
    }
  } catch {
    // Taken away between two looks, or not there yet.
  } finally {
    held.close();
  }
}

/** Follows the lines that an agent's hooks append to its exchange directory in this run, from the first. Never follows a link, and never waits. */
export function followHookLines({directory, clock, onLine}: HookLinesOptions): HookLines {
  let inode = 0;
  let position = 0;
  /** The beginning of a line that is not complete. */
  let open = Buffer.alloc(0);
  /** What comes up to the next line end belongs to a line that was not read from its beginning, or is too long. */
  let skipping = false;
  let windowBegan = Number.NEGATIVE_INFINITY;
  let taken = 0;
  let lastTake = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let watcher: FSWatcher | undefined;
  let closed = false;

  const startAt = (ino: number, at: number) => {
    inode = ino;
    position = at;
    open = Buffer.alloc(0);
    skipping = false;
  };
  const split = (bytes: Buffer) => {
    let from = 0;
    for (let end = bytes.indexOf(newline); end !== -1; end = bytes.indexOf(newline, from)) {
      const line = Buffer.concat([open, bytes.subarray(from, end)]);
      if (!skipping && line.length > 0 && line.length <= longestLine) onLine(line.toString('utf8'));
      open = Buffer.alloc(0);
      skipping = false;
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    if (skipping || open.length + rest.length > longestLine) {
      skipping = true;
      open = Buffer.alloc(0);
    } else open = Buffer.concat([open, rest]);
  };
  const take = () => {
    if (closed) return;
    const now = clock.now();
    lastTake = now;
    if (now - windowBegan >= 1000) {
      windowBegan = now;
      taken = 0;
    }
    withFile(directory, (fd, {ino, size}) => {
      // Another file in its place, or cut off: everything in it is new.
      if (ino !== inode || size < position) startAt(ino, 0);
      if (size - position > mostASecond) {
        startAt(ino, size - mostASecond);
        skipping = true;
      }
      const wanted = Math.min(size - position, mostASecond - taken);
      if (wanted > 0) {
        const bytes = Buffer.allocUnsafe(wanted);
        const read = readSync(fd, bytes, 0, wanted, position);
        position += read;
        taken += read;
        split(bytes.subarray(0, read));
      }
      if (position < size) later(windowBegan + 1000 - now);
    });
  };
  const later = (ms: number) => {
    cancel ??= clock.after(ms, () => {
      cancel = undefined;
      take();
    });
  };
  const changed = () => {
    const rested = clock.now() - lastTake;
    if (rested >= restMs) take();
    else later(restMs - rested);
  };
  const poll = () => {
    if (closed) return;
    take();
    clock.after(pollMs, poll);
  };

  try {
    watcher = watch(directory, {persistent: false}, (_, name) => {
      if (name === null || name === file) changed();
    });
    watcher.on('error', () => watcher?.close());
    take();
  } catch (error) {
    // No such directory: this agent has no hooks of ours.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') poll();
  }

  return {
    restart() {
      startAt(0, 0);
      take();
    },
    close() {
      closed = true;
      cancel?.();
      watcher?.close();
    },
  };
}
