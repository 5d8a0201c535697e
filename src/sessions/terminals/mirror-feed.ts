import type {Clock} from '../../lib/clock.ts';
import type {Size} from '../../lib/size.ts';
import {createMirror, type Mirrored} from '../../terminal/mirror.ts';

/** Between two pictures. */
const frameMs = 1000 / 30;

/** Pictures for one mirror: only when its reader asks for one, only the newest, and no more than 30 a second. */
export interface MirrorFeed {
  resize(size: Size): void;
  /** The screen changed, or the reader asks. */
  look(changed: boolean): void;
  /** The last one, whether it is asked for or not. */
  finish(): void;
  close(): void;
}

export function createMirrorFeed(options: {
  readonly screen: Mirrored;
  readonly clock: Clock;
  readonly size: Size;
  /** The reader waits for something. */
  readonly asked: () => boolean;
  readonly onPicture: (picture: string, first: boolean) => void;
}): MirrorFeed {
  const {screen, clock, asked, onPicture} = options;
  const mirror = createMirror();
  let size = options.size;
  let current = false;
  let first = true;
  let next = 0;
  let cancel: (() => void) | undefined;

  const draw = () => {
    current = true;
    const picture = mirror.draw(screen, size);
    if (picture === '') return;
    next = clock.now() + frameMs;
    onPicture(picture, first);
    first = false;
  };
  const look = (changed: boolean) => {
    if (changed) current = false;
    if (current || cancel || !asked()) return;
    const wait = next - clock.now();
    if (wait <= 0) return draw();
    cancel = clock.after(wait, () => {
      cancel = undefined;
      look(false);
    });
  };
  return {
    look,
    resize(wanted) {
      size = wanted;
      look(true);
    },
    finish() {
      if (!current) draw();
    },
    close() {
      cancel?.();
    },
  };
}
