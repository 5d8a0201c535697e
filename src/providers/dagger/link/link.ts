import type {Size} from '../../../lib/size.ts';

/** One command inside, over the connection that the environment has dialled. A slow reader slows only this command. */
export interface Channel {
  /** Resolves when there is room for more. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the command's input. */
  end(): void;
  onOutput(listener: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void): void;
  pause(): void;
  resume(): void;
  resize(size: Size): void;
  /** The exit code, 128 + N for signal N; undefined when the connection broke first. Never rejects. */
  readonly closed: Promise<number | undefined>;
  /** Lets go of the channel; whether the command ends with it is the command's. */
  close(): void;
}

export interface RunOptions {
  readonly tty?: Size;
  readonly signal?: AbortSignal;
}

/**
 * The way into one running environment: it dials a socket of this machine, and what answers there is asked for commands, as root of the
 * environment, over ssh with keys that were made for this environment alone.
 */
export interface Link {
  /** Whether somebody with the right key is there now. */
  readonly connected: boolean;
  /** When it last was, in milliseconds since the epoch; undefined while it has never been. */
  readonly contactAt: number | undefined;
  /** Calls on every change of `connected`; the result ends the listening. */
  onChange(listener: () => void): () => void;
  /** Runs a command by the environment's shell. Throws ENGINE_UNREACHABLE when nobody is there, ENGINE_REFUSED when it is refused. */
  run(commandLine: string, options?: RunOptions): Promise<Channel>;
  /** Listens no more, and ends every channel. */
  close(): Promise<void>;
}

/** Made for one environment, kept in a directory of mode 0700 on this machine. */
export interface LinkKeys {
  /** OpenSSH private key with which we come in. */
  readonly ours: string;
  /** A line of an authorized_keys file. */
  readonly oursPublic: string;
  /** OpenSSH private key of the server inside. */
  readonly host: string;
  /** What the server inside must show: the public key's wire form, base64. */
  readonly hostPublic: string;
}
