import type {Clock} from '../../lib/clock.ts';
import {type Size, sameSize, usableSize} from '../../lib/size.ts';
import {createOutputGuard} from '../../terminal/guard.ts';
import {createTyping} from '../../terminal/typing.ts';
import type {Attachment, AttachmentEnd} from '../port.ts';
import {createViewer, type Viewed, type Viewer} from './viewer.ts';

/** The session's terminal, as everybody who looks at it needs it. */
export interface ViewersOptions {
  readonly screen: Viewed;
  readonly clock: Clock;
  /** For which output is laid out that comes next. */
  readonly size: Size;
  readonly write: (bytes: Uint8Array) => void;
  /** A person did this; what their terminal sends by itself is not among it. */
  readonly onTyped: (keys: Uint8Array) => void;
  /** Gives the session this size; settles when that has come to pass, or failed. */
  readonly resize: (size: Size) => Promise<void>;
  /** A reader asks for more. */
  readonly onHungry: () => void;
  /** Whether a viewer's terminal answers what the agent asks from here on. */
  readonly onAnswered: (answered: boolean) => void;
}

/**
 * Everybody who looks at one terminal. Who typed last leads: the session has the size of that terminal, and it alone hears and
 * answers the agent's queries.
 */
export interface Viewers {
  add(size: Size): Attachment;
  /** Output that is safe for a terminal, in whole sequences. */
  push(bytes: Uint8Array): void;
  /** Somebody looks at it. */
  readonly present: boolean;
  /** Even the quickest of those who follow has much waiting. */
  readonly crowded: boolean;
  /** Output that comes next is laid out for this size. */
  laidOut(size: Size): void;
  /** The screen changed. */
  changed(): void;
  end(how: AttachmentEnd): void;
}

interface Terminal {
  readonly viewer: Viewer;
  size: Size;
}

/** Less than what makes a viewer miss some. */
const crowdedBytes = 512 * 1024;

const detached: AttachmentEnd = {reason: 'detached'};

export function createViewers(options: ViewersOptions): Viewers {
  const {screen, clock, write, onTyped, resize, onHungry, onAnswered} = options;
  /** In the order in which they last typed. */
  let terminals: readonly Terminal[] = [];
  let size = options.size;
  let resizing = 0;
  let answered = false;
  const leader = () => terminals.at(-1);
  const others = (one: Terminal) => terminals.filter(other => other !== one);

  const tellAnswered = () => {
    const now = leader()?.viewer.follows ?? false;
    if (now === answered) return;
    answered = now;
    onAnswered(now);
  };
  /** Bytes for whose terminal has the session's size, pictures for the others. */
  const arrange = () => {
    for (const one of terminals) {
      if (sameSize(one.size, size)) one.viewer.showExact();
      // While the session follows its leader's window, as when that is dragged larger, there is nothing to draw anew.
      else if (one !== leader() || !one.viewer.exact || resizing === 0) one.viewer.showMirror(one.size);
    }
    tellAnswered();
  };
  const takeSize = (one: Terminal) => {
    resizing += 1;
    const settled = () => {
      resizing -= 1;
      arrange();
    };
    resize(one.size).then(settled, settled);
  };
  const lead = (one: Terminal) => {
    terminals = [...others(one), one];
    takeSize(one);
    arrange();
  };
  const end = (one: Terminal, how: AttachmentEnd) => {
    if (!terminals.includes(one)) return;
    const led = one === leader();
    terminals = others(one);
    one.viewer.end(how);
    const next = leader();
    if (led && next) takeSize(next);
    tellAnswered();
  };

  return {
    add(asked) {
      const viewer = createViewer({
        ...{screen, clock, onFollows: tellAnswered, onHungry},
        onLeft: () => end(one, detached),
      });
      const one: Terminal = {viewer, size: usableSize(asked)};
      const typing = createTyping();
      lead(one);
      return {
        output: viewer.output,
        closed: viewer.closed,
        write(bytes) {
          if (!terminals.includes(one)) return;
          const typed = typing.feed(bytes);
          if (typed.length > 0) onTyped(typed);
          if (one === leader()) return write(bytes);
          if (typed.length === 0) return;
          lead(one);
          write(typed);
        },
        resize(next) {
          if (!terminals.includes(one)) return;
          one.size = usableSize(next);
          if (one === leader()) takeSize(one);
          arrange();
        },
        detach: () => end(one, detached),
      };
    },
    push(bytes) {
      if (bytes.length === 0) return;
      let unasking: Uint8Array | undefined;
      for (const one of terminals) {
        if (one === leader()) one.viewer.push(bytes);
        else if (one.viewer.follows) {
          unasking ??= createOutputGuard({queries: false}).feed(bytes);
          one.viewer.push(unasking);
        }
      }
    },
    get present() {
      return terminals.length > 0;
    },
    get crowded() {
      const following = terminals.filter(({viewer}) => viewer.follows);
      return following.length > 0 && following.every(({viewer}) => viewer.waiting > crowdedBytes);
    },
    laidOut(next) {
      if (sameSize(size, next)) return;
      size = next;
      arrange();
    },
    changed() {
      for (const {viewer} of terminals) viewer.changed();
    },
    end(how) {
      const all = terminals;
      terminals = [];
      for (const {viewer} of all) viewer.end(how);
      tellAnswered();
    },
  };
}
