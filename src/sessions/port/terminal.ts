import type {Size} from '../../providers/provider.ts';

/** A live picture for a preview. Each line is text with SGR codes only: every other escape of the agent's is gone. */
export interface ScreenFrame {
  readonly size: Size;
  readonly lines: readonly string[];
  readonly cursor: {readonly column: number; readonly row: number; readonly visible: boolean};
  readonly title: string;
  /** Rows kept above the screen, and how far above its end this frame is. */
  readonly scrollback: number;
  readonly scrolled: number;
}

export type AttachmentEnd =
  | {readonly reason: 'detached'}
  | {readonly reason: 'exited'; readonly exitCode: number | null}
  | {readonly reason: 'lost'; readonly detail: string};

/** One viewer on a session's terminal: first the exact screen, then the agent's own bytes, made safe for a real terminal. */
export interface Attachment {
  /**
   * For one reader, in pieces of any size; ends with the attachment, and leaving it early detaches. A reader that falls more than
   * 1 MB behind gets the exact screen anew instead of what it missed.
   */
  readonly output: AsyncIterable<Uint8Array>;
  write(bytes: Uint8Array): void;
  resize(size: Size): void;
  detach(): void;
  readonly closed: Promise<AttachmentEnd>;
}

export interface ExecRequest {
  readonly argv: readonly [string, ...string[]];
  /** With a size the command gets a terminal. */
  readonly tty?: Size;
  readonly env?: Readonly<Record<string, string>>;
}

export interface ExecHandle {
  onOutput(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  /** Brings no more output until `resume`: the command waits when it has filled what is in between. */
  pause(): void;
  resume(): void;
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  end(): void;
  resize(size: Size): void;
  kill(): void;
  readonly exit: Promise<number>;
}
