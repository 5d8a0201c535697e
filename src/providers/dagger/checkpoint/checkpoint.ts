import type {Link} from '../link/link.ts';

/** A directory of an environment whose content is kept on this machine too. */
export interface Root {
  readonly name: string;
  readonly inside: string;
  /** On this machine; nobody but the checkpoints writes it while the environment runs. */
  readonly outside: string;
}

export interface Taken {
  /** How many files, links and directories were written or removed on this machine. */
  readonly changes: number;
  readonly bytes: number;
  /** What could not be brought, and why: a few of them. */
  readonly leftOut: readonly {readonly path: string; readonly why: string}[];
}

/** The files of one environment, as they were inside at some moment. */
export interface Checkpoints {
  /**
   * Brings what has changed below these roots since the last time: each root wholly or, when the connection breaks, not at all. Those
   * of one root are taken one after the other. Throws ENGINE_UNREACHABLE, STATE_UNUSABLE, and ENGINE_REFUSED for what is none.
   */
  take(link: Link, roots: readonly Root[], signal?: AbortSignal): Promise<Taken>;
  /** Ends what a crash of ours left half written down. */
  recover(roots: readonly Root[]): Promise<void>;
  /** What was brought is no more what is inside: the next time everything is compared. */
  forget(): void;
}
