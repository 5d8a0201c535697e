import type {RunResult} from '../exec.ts';

export type Env = Readonly<Record<string, string | undefined>>;

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'socket' | 'device' | 'other';
  readonly uid: number;
  /** Permissions, with setuid, setgid and sticky. */
  readonly mode: number;
}

export interface Space {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** Both 0 where the file system does not count them. */
  readonly freeFiles: number;
  readonly totalFiles: number;
}

/** A machine as checks look at it. Nothing of it throws for what is not there. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Env;
  readonly user: {readonly uid: number; readonly name: string; readonly home: string};
  readonly memoryBytes: number;
  now(): number;
  /** A file's text, as far as it is of a sane size. */
  read(file: string): Promise<string | undefined>;
  /** The names in a directory; none where there is no such directory. */
  list(directory: string): Promise<readonly string[]>;
  /** Links are followed. */
  about(file: string): Promise<FileFacts | undefined>;
  /** Where a path leads, as far as it exists. */
  real(file: string): Promise<string>;
  /** Of the file system that a path lies on, or will when it is made. */
  space(file: string): Promise<Space | undefined>;
  /** Can this user read and write it? */
  usable(file: string): Promise<boolean>;
  /** Where a program is, by its name or its whole path. */
  which(program: string): Promise<string | undefined>;
  /** Exit code 127 when it is not there. */
  run(command: readonly string[], signal?: AbortSignal): Promise<RunResult>;
  /** The time that the file system of a directory gives to what is written now. */
  stamp(directory: string): Promise<number | undefined>;
}
