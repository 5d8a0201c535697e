import type {Owner, Progress} from '../../provider.ts';

/** A directory or a file of this machine that is brought in before the start. */
export interface Upload {
  readonly source: string;
  readonly target: string;
  readonly owner: Owner;
  /** A file; else a directory. */
  readonly file?: boolean;
}

/** A file whose content we have made. */
export interface MadeFile {
  readonly target: string;
  readonly content: string;
  /** Permission bits. */
  readonly mode: number;
  /** It holds what nobody may learn: it is brought as a secret, and is in no log and no query. */
  readonly secret?: boolean;
}

/** All that makes one running environment. */
export interface Recipe {
  /** `tar:PATH` for an archive of this machine, a name of ours (built from images/ where the registry has it not), else a reference. */
  readonly image: string;
  /** Different for each start: engines share one container between equal recipes. */
  readonly unique: string;
  readonly env: Readonly<Record<string, string>>;
  readonly uploads: readonly Upload[];
  readonly files: readonly MadeFile[];
  /** The socket of this machine that can be dialled inside, by root alone. */
  readonly socket: {readonly source: string; readonly target: string};
  /** What root runs, without an entrypoint of the image. */
  readonly args: readonly [string, ...string[]];
}

/** Names a started service within the session that started it. */
export type ServiceId = string & {readonly brand: 'ServiceId'};

/** What is asked of a Dagger engine. The SDK and the session process are behind it; both start at the first use. */
export interface DaggerEngine {
  /** Throws ENGINE_UNREACHABLE with what is missing: the CLI, the engine, a version that is new enough. */
  version(signal?: AbortSignal): Promise<string>;
  /** Whether the image can be had and has the tools that a session needs. Throws IMAGE_MISSING, CANNOT_CREATE naming what it lacks. */
  prepare(image: string, onProgress: (progress: Progress) => void, signal?: AbortSignal): Promise<void>;
  /** Brings everything in and starts it. Throws ENGINE_REFUSED, ENGINE_UNREACHABLE. */
  start(recipe: Recipe, signal?: AbortSignal): Promise<ServiceId>;
  /** Asking twice is fine, and so is one that is gone or of a session that is gone. */
  stop(service: ServiceId, signal?: AbortSignal): Promise<void>;
  /**
   * Goes on with the session of an earlier daemon, or that which was given to us: false where none answers, and every service with it is
   * gone. None is started.
   */
  resume(signal?: AbortSignal): Promise<boolean>;
  /** Calls when the session process, and every service with it, is gone; the result ends the listening. */
  onGone(listener: (reason: string) => void): () => void;
  /** Nothing of ours runs any more: the session process that we started ends. One that was given to us goes on. */
  release(): Promise<void>;
  /** Lets go without ending anything. */
  close(): Promise<void>;
}
