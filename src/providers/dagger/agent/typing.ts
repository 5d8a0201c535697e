import {windowBytes} from '../inside/frames.ts';

const pieceBytes = 32 * 1024;
/** A reader that takes nothing is not typed at without end. */
const mostWaiting = 64 * 1024 * 1024;

/** Bytes on their way to a reader who tells how far it has come: over breaks, none is lost and none comes twice. */
export interface Typing {
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Calls once everything written has been sent. */
  end(call: () => void): void;
  /** Somebody is there, who has heard and taken so many bytes in all. */
  opened(heard: number, taken: number): void;
  taken(position: number): void;
  /** Nobody is there. */
  broken(): void;
  /** Forgets what waits, and holds nobody who writes. */
  close(): void;
}

/** `send` gets each piece with the position of its first byte. */
export function createTyping(send: (position: number, bytes: Uint8Array) => void): Typing {
  let pieces: Uint8Array[] = [];
  // Positions: of the first byte that we hold, of the next one to go, behind the last; and how far the reader is.
  let [start, sent, end, taken] = [0, 0, 0, 0];
  let open = false;
  let met = false;
  let closed = false;
  let whenSent: (() => void) | undefined;
  const waiting: (() => void)[] = [];

  const forget = (until: number) => {
    while (pieces[0] && start + pieces[0].length <= until) start += pieces.shift()?.length ?? 0;
  };
  const pump = () => {
    let at = start;
    for (const piece of pieces) {
      while (open && sent < at + piece.length && sent < taken + windowBytes) {
        const from = sent - at;
        const bytes = piece.subarray(from, Math.min(from + pieceBytes, from + taken + windowBytes - sent));
        send(sent, bytes);
        sent += bytes.length;
      }
      at += piece.length;
    }
    if (closed || end - taken < windowBytes) for (const call of waiting.splice(0)) call();
    if (sent === end) whenSent?.();
  };
  return {
    write(bytes) {
      if (closed || bytes.length === 0 || end - start > mostWaiting) return Promise.resolve();
      pieces.push(Uint8Array.from(bytes));
      end += bytes.length;
      pump();
      if (end - taken < windowBytes) return Promise.resolve();
      return new Promise(resolve => {
        waiting.push(resolve);
      });
    },
    end(call) {
      whenSent = () => {
        whenSent = undefined;
        call();
      };
      pump();
    },
    opened(heard, takenNow) {
      // Another one than before, or the first: what it was told by others is behind us.
      if (!met || heard < start || heard > sent) {
        forget(sent);
        [end, start, sent] = [heard + end - start, heard, heard];
      }
      [met, open, sent, taken] = [true, true, heard, Math.min(takenNow, heard)];
      pump();
    },
    taken(position) {
      taken = Math.max(taken, Math.min(position, sent));
      forget(taken);
      pump();
    },
    broken() {
      open = false;
    },
    close() {
      [closed, open, pieces] = [true, false, []];
      [start, sent] = [end, end];
      for (const call of waiting.splice(0)) call();
    },
  };
}
