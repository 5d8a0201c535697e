import {type FileFollower, followFile} from '../../file-follower.ts';
import type {Size, TerminalEnd, TerminalOptions, TerminalStream} from '../../provider.ts';
import {splitAt} from '../../split-at.ts';

export interface FileTerminalInput {
  readonly file: string;
  readonly options: TerminalOptions;
  write(bytes: Uint8Array): void;
  resize(size: Size): Promise<number>;
  onClosed(): void;
}

export interface FileTerminal {
  readonly stream: TerminalStream;
  grown(): void;
  /** What comes from this position on is laid out for another size. */
  cut(position: number): void;
  /** Nothing more will be recorded. */
  over(how: 'exited' | 'lost'): void;
}

/** A terminal read from a record of raw bytes, which one writer of this process appends to. */
export function openFileTerminal({file, options, write, resize, onClosed}: FileTerminalInput): FileTerminal {
  const closed = Promise.withResolvers<TerminalEnd>();
  const caughtUp = Promise.withResolvers<void>();
  let cuts = options.cuts;
  let position = options.from;
  let follower: FileFollower | undefined;
  let over = false;
  let ending: 'exited' | 'lost' | undefined;
  const finish = (how: TerminalEnd) => {
    if (over) return;
    over = true;
    follower?.stop();
    caughtUp.resolve();
    closed.resolve(how);
    onClosed();
  };
  // A program may be over before anybody listens: its output is theirs all the same.
  const endWhenRead = () => {
    const how = ending;
    if (how && follower) void follower.finish().then(() => finish(how));
  };
  return {
    stream: {
      closed: closed.promise,
      caughtUp: caughtUp.promise,
      onData(listener) {
        if (over) return;
        follower = followFile(file, {from: position, watched: false}, read => {
          for (const piece of splitAt(Uint8Array.from(read), position, cuts)) {
            position += piece.length;
            if (!over) listener(piece, position);
          }
        });
        void follower.caughtUp.then(caughtUp.resolve);
        endWhenRead();
      },
      write(bytes) {
        if (!over && !ending) write(bytes);
      },
      resize,
      pause: () => follower?.pause(),
      resume: () => follower?.resume(),
      close: () => finish('detached'),
    },
    grown: () => follower?.grown(),
    cut(at) {
      cuts = [...cuts, at];
    },
    over(how) {
      if (ending) return;
      ending = how;
      endWhenRead();
    },
  };
}
