import type {Size} from '../lib/size.ts';
import type {Attachment, AttachmentEnd} from './port.ts';

export interface Viewers {
  readonly size: number;
  push(bytes: Uint8Array): void;
  end(end: AttachmentEnd): void;
  add(terminal: ViewedTerminal): Attachment;
}

/** What a viewer needs of the terminal it looks at. */
export interface ViewedTerminal {
  /** Calls once everything pushed before is on the screen and nothing pushed after. */
  whenParsed(call: () => void): void;
  paint(): string;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  /** How it ended, if it has. */
  ended(): AttachmentEnd | undefined;
}

/** Everybody who looks at one terminal. */
export function createViewers(onLast: () => void): Viewers {
  const viewers = new Set<{push(bytes: Uint8Array): void; end(end: AttachmentEnd): void}>();
  return {
    get size() {
      return viewers.size;
    },
    push(bytes) {
      if (bytes.length > 0) for (const viewer of viewers) viewer.push(bytes);
    },
    end(how) {
      for (const viewer of [...viewers]) viewer.end(how);
    },
    add(terminal) {
      let listener: ((bytes: Uint8Array) => void) | undefined;
      let waiting: Uint8Array[] | undefined = [];
      const early: Uint8Array[] = [];
      let settle: (end: AttachmentEnd) => void = () => {};
      const closed = new Promise<AttachmentEnd>(resolve => {
        settle = resolve;
      });
      const deliver = (bytes: Uint8Array) => {
        if (listener) listener(bytes);
        else early.push(bytes);
      };
      const viewer = {
        push(bytes: Uint8Array) {
          if (waiting) waiting.push(bytes);
          else deliver(bytes);
        },
        end(how: AttachmentEnd) {
          if (!viewers.delete(viewer)) return;
          if (viewers.size === 0) onLast();
          settle(how);
        },
      };
      viewers.add(viewer);
      // The picture is taken when exactly the bytes before this moment are parsed; what came after it follows the picture.
      terminal.whenParsed(() => {
        if (!viewers.has(viewer)) return;
        deliver(Buffer.from(terminal.paint()));
        for (const bytes of waiting ?? []) deliver(bytes);
        waiting = undefined;
        const how = terminal.ended();
        if (how) viewer.end(how);
      });
      return {
        onOutput(next) {
          listener = next;
          for (const bytes of early.splice(0)) next(bytes);
        },
        write: bytes => {
          if (viewers.has(viewer)) terminal.write(bytes);
        },
        resize: size => {
          if (viewers.has(viewer)) terminal.resize(size);
        },
        detach: () => viewer.end({reason: 'detached'}),
        closed,
      };
    },
  };
}
