import {createByteQueue} from '../lib/byte-queue.ts';
import {resetSequence} from '../terminal/reset.ts';
import type {AttachmentEnd} from './port.ts';

/** Held for one reader besides its picture; more than this is dropped for a new picture. */
export const mostHeld = 1024 * 1024;

/** The screen that is looked at. */
export interface Viewed {
  /** Calls once everything pushed before is on the screen and nothing pushed after. */
  whenParsed(call: () => void): void;
  /** The exact screen, for a terminal in its initial state. */
  paint(): string;
}

/** What one terminal is given: a picture of the screen, then the agent's own bytes. */
export interface Viewer {
  readonly output: AsyncIterable<Uint8Array>;
  readonly closed: Promise<AttachmentEnd>;
  /** What is pushed now reaches its terminal. */
  readonly follows: boolean;
  push(bytes: Uint8Array): void;
  end(how: AttachmentEnd): void;
}

/** `onFollows`: `follows` may have changed. `onLeft`: its reader went away. */
export function createViewer(
  screen: Viewed,
  {onFollows, onLeft}: {readonly onFollows: () => void; readonly onLeft: () => void},
): Viewer {
  // `behind`: it gets nothing until its reader asks, and then a picture of that moment.
  let phase: 'behind' | 'painting' | 'live' | 'over' = 'behind';
  let pictures = 0;
  /** What follows the picture that is not taken yet. */
  let following: Uint8Array[] = [];
  let followingBytes = 0;
  let most = mostHeld;
  let touched = false;
  const {promise: closed, resolve: settle} = Promise.withResolvers<AttachmentEnd>();
  const queue = createByteQueue({onHungry: () => phase === 'behind' && paint(), onLeft});

  const become = (next: typeof phase) => {
    phase = next;
    following = [];
    followingBytes = 0;
    onFollows();
  };
  const fallBehind = () => {
    queue.clear();
    become('behind');
    if (queue.hungry) paint();
  };
  /** A picture of the screen as it is when exactly the bytes before this moment are parsed; what came after it follows. */
  const paint = () => {
    become('painting');
    pictures += 1;
    const mine = pictures;
    screen.whenParsed(() => {
      if (mine !== pictures || (phase !== 'painting' && phase !== 'behind')) return;
      // Whatever was cut off must not change what the new picture means.
      const picture = Buffer.from((touched ? resetSequence : '') + screen.paint());
      touched = true;
      most = picture.length + mostHeld;
      queue.push(picture);
      if (phase === 'behind') return fallBehind();
      const late = following;
      become('live');
      for (const bytes of late) queue.push(bytes);
    });
  };
  paint();
  return {
    output: queue.output,
    closed,
    get follows() {
      return phase === 'painting' || phase === 'live';
    },
    push(bytes) {
      if (phase === 'live') {
        if (!queue.hungry && queue.length + bytes.length > most) fallBehind();
        else queue.push(bytes);
      } else if (phase === 'painting') {
        following.push(bytes);
        followingBytes += bytes.length;
        // Its picture comes all the same: under a flood that never ends it sees at least pictures.
        if (followingBytes > mostHeld) become('behind');
      }
    },
    end(how) {
      become('over');
      queue.end();
      settle(how);
    },
  };
}
