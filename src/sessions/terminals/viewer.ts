import {createByteQueue} from '../../lib/byte-queue.ts';
import type {Clock} from '../../lib/clock.ts';
import type {Size} from '../../lib/size.ts';
import type {Mirrored} from '../../terminal/mirror.ts';
import {resetSequence} from '../../terminal/reset.ts';
import type {AttachmentEnd} from '../port.ts';
import {createMirrorFeed, type MirrorFeed} from './mirror-feed.ts';

/** Held for one reader besides its picture; more is dropped for a new picture. */
const mostHeld = 1024 * 1024;

/** The screen that is looked at. */
export interface Viewed extends Mirrored {
  /** Calls once everything pushed before is on the screen and nothing pushed after. */
  whenParsed(call: () => void): void;
  /** The exact screen, for a terminal in its initial state. */
  paint(): string;
}

export interface ViewerOptions {
  readonly screen: Viewed;
  readonly clock: Clock;
  /** `follows` may have changed. */
  readonly onFollows: () => void;
  /** Its reader asks for more. */
  readonly onHungry: () => void;
  /** Its reader went away. */
  readonly onLeft: () => void;
}

/** What one terminal is given: the exact screen and then the agent's own bytes, or pictures where its size is another. */
export interface Viewer {
  readonly output: AsyncIterable<Uint8Array>;
  readonly closed: Promise<AttachmentEnd>;
  /** The agent's bytes of this moment reach its terminal. */
  readonly follows: boolean;
  /** Bytes that wait for its reader. */
  readonly waiting: number;
  /** It has the exact screen, or will have; otherwise pictures of it. */
  readonly exact: boolean;
  showExact(): void;
  showMirror(size: Size): void;
  push(bytes: Uint8Array): void;
  /** The screen changed. */
  changed(): void;
  end(how: AttachmentEnd): void;
}

// `behind`: it gets nothing until its reader asks, and then the screen of that moment.
type Phase = 'new' | 'behind' | 'painting' | 'live' | 'mirror' | 'over';

export function createViewer({screen, clock, onFollows, onHungry, onLeft}: ViewerOptions): Viewer {
  let phase: Phase = 'new';
  let pictures = 0;
  /** What follows the picture that is not taken yet. */
  let following: Uint8Array[] = [];
  let followingBytes = 0;
  let most = mostHeld;
  let touched = false;
  let mirror: MirrorFeed | undefined;
  const {promise: closed, resolve: settle} = Promise.withResolvers<AttachmentEnd>();
  const queue = createByteQueue({
    onHungry() {
      if (phase === 'behind') paint();
      mirror?.look(false);
      onHungry();
    },
    onLeft,
  });

  const become = (next: Phase) => {
    phase = next;
    following = [];
    followingBytes = 0;
    onFollows();
  };
  /** Whatever the terminal was given before, and wherever that was cut off, must not change what a picture means. */
  const begin = (picture: string) => {
    const bytes = Buffer.from((touched ? resetSequence : '') + picture);
    touched = true;
    most = bytes.length + mostHeld;
    queue.push(bytes);
  };
  const fallBehind = () => {
    queue.clear();
    become('behind');
    if (queue.hungry) paint();
  };
  /** The screen as it is when exactly the bytes before this moment are parsed; what came after it follows. */
  const paint = () => {
    become('painting');
    pictures += 1;
    const mine = pictures;
    screen.whenParsed(() => {
      if (mine !== pictures || !(phase === 'painting' || (phase === 'behind' && queue.hungry))) return;
      begin(screen.paint());
      if (phase === 'behind') return fallBehind();
      const late = following;
      become('live');
      for (const bytes of late) queue.push(bytes);
    });
  };
  const endMirror = () => {
    mirror?.close();
    mirror = undefined;
  };
  return {
    output: queue.output,
    closed,
    get waiting() {
      return queue.length;
    },
    get follows() {
      return phase === 'painting' || phase === 'live';
    },
    get exact() {
      return phase === 'behind' || phase === 'painting' || phase === 'live';
    },
    showExact() {
      if (phase !== 'new' && phase !== 'mirror') return;
      endMirror();
      queue.clear();
      paint();
    },
    showMirror(size) {
      if (phase === 'over') return;
      if (mirror) return mirror.resize(size);
      queue.clear();
      become('mirror');
      mirror = createMirrorFeed({
        ...{screen, clock, size, asked: () => queue.hungry},
        onPicture: (picture, first) => (first ? begin(picture) : queue.push(Buffer.from(picture))),
      });
      mirror.look(true);
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
    changed: () => mirror?.look(true),
    end(how) {
      if (how.reason !== 'detached') {
        // What a slow one has missed is the last that the agent said.
        if (phase === 'behind') begin(screen.paint());
        mirror?.finish();
      }
      endMirror();
      become('over');
      queue.end();
      settle(how);
    },
  };
}
