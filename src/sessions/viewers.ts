import type {Size} from '../lib/size.ts';
import type {Attachment, AttachmentEnd} from './port.ts';
import {createViewer, type Viewed, type Viewer} from './viewer.ts';

export interface Viewers {
  readonly size: number;
  push(bytes: Uint8Array): void;
  end(end: AttachmentEnd): void;
  add(terminal: ViewedTerminal): Attachment;
}

/** What a viewer needs of the terminal it looks at. */
export interface ViewedTerminal extends Viewed {
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  /** How it ended, if it has. */
  ended(): AttachmentEnd | undefined;
}

/** Everybody who looks at one terminal. */
export function createViewers(onLast: () => void): Viewers {
  const viewers = new Set<Viewer>();
  const end = (viewer: Viewer, how: AttachmentEnd) => {
    if (!viewers.delete(viewer)) return;
    if (viewers.size === 0) onLast();
    viewer.end(how);
  };
  return {
    get size() {
      return viewers.size;
    },
    push(bytes) {
      if (bytes.length > 0) for (const viewer of viewers) viewer.push(bytes);
    },
    end(how) {
      for (const viewer of [...viewers]) end(viewer, how);
    },
    add(terminal) {
      const viewer = createViewer(terminal, {onFollows: () => {}, onLeft: () => end(viewer, {reason: 'detached'})});
      viewers.add(viewer);
      terminal.whenParsed(() => {
        const how = terminal.ended();
        if (how) end(viewer, how);
      });
      return {
        output: viewer.output,
        write: bytes => {
          if (viewers.has(viewer)) terminal.write(bytes);
        },
        resize: size => {
          if (viewers.has(viewer)) terminal.resize(size);
        },
        detach: () => end(viewer, {reason: 'detached'}),
        closed: viewer.closed,
      };
    },
  };
}
