import type {Command, EnvironmentId, EnvironmentSpec, Provider} from '../../src/providers/provider.ts';

type Argv = readonly [string, ...string[]];

/** What the contract runs inside, by role: a real provider gives shell lines, the mock its own scripted programs. */
export interface Programs {
  /** Prints the text and ends with 0. A line end in the text may become CR LF. */
  print(text: string): Command;
  /** Prints the text and goes on until TERM ends it (143). */
  idle(text: string): Command;
  /** Prints `ready`, then sends back what is typed. */
  echo(): Command;
  /** Prints exactly so many bytes, then ends with 0. */
  flood(bytes: number): Command;
  exitWith(code: number): Command;
  /** Prints `size=COLUMNSxROWS` now and after each resize; goes on until TERM. */
  printSize(): Command;
  /** Prints `ready`, then goes on whatever TERM says. */
  ignoreTerm(): Command;
  /** Prints `<é>` with its two bytes apart in time. */
  splitUtf8(): Command;
  /** Prints `NAME=[VALUE]`, and goes on until TERM. */
  showVariable(name: string): Command;
  /** For exec: one line on each stream, then this exit code. */
  bothStreams(out: string, err: string, code: number): Argv;
  /** For exec: prints its input once the input has ended. */
  readInput(): Argv;
  /** For exec with a terminal: as printSize. */
  execPrintSize(): Argv;
  /** For exec: goes on until it is killed. */
  execForever(): Argv;
  /** For exec: a file's content. */
  readFile(file: string): Argv;
  /** For exec: writes a file. */
  writeFile(file: string, text: string): Argv;
}

export interface ProviderFixture {
  readonly provider: Provider;
  readonly programs: Programs;
  /** Carried by every spec of this fixture and by nothing else. */
  readonly labels: Readonly<Record<string, string>>;
  /** A fresh environment: a name and directories of its own. */
  spec(changes?: Partial<EnvironmentSpec>): EnvironmentSpec;
  /** All that this machine tells of an environment, as far as anybody could read it: what the engine says, its files, command lines. */
  traces(id: EnvironmentId, spec: EnvironmentSpec): Promise<string>;
  /** Removes an environment without the provider's knowledge. */
  removeBehind(id: EnvironmentId): Promise<void>;
  /** Removes whatever is left, and lets go. */
  close(): Promise<void>;
}
