/** A program that can be a session's agent, as data: one file an agent. */
export interface Agent {
  readonly name: string;
  readonly title: string;
  /** What runs with no arguments of the user's. */
  readonly command: readonly [string, ...string[]];
  /** With arguments: `replace` runs them instead (the shell), `append` hands them to the command. */
  readonly args: 'replace' | 'append';
  /** Preferred by `--image auto` where the engine has it; else the host image. */
  readonly image: string;
}
