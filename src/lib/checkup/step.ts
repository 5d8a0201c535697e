/** One thing `trails setup` would do. Nothing happens before `run`. */
export interface Step {
  /** The check that it mends, by which a person can ask for it. */
  readonly name: string;
  readonly title: string;
  readonly why: string;
  /** The command, the file or the change, as it would be run, written or made. */
  readonly detail: string;
  /** Sessions run without it, or it changes what is not ours: `--yes` alone is no consent to it. */
  readonly optional?: boolean;
  /** Throws AppError when it fails. */
  run(onLine: (line: string) => void): Promise<void>;
}
