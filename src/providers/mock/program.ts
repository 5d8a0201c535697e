import type {Clock} from '../../lib/clock.ts';
import type {Size} from '../provider.ts';

/** What a scripted program sees of the world: its terminal, time, and the signals sent to it. */
export interface Host {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The host's directory that is /workspace inside. */
  readonly workspace: string;
  readonly size: Size;
  readonly now: () => number;
  print(output: string | Uint8Array, stream?: 'stdout' | 'stderr'): void;
  onInput(listener: (bytes: Uint8Array) => void): void;
  onInputEnd(listener: () => void): void;
  onResize(listener: (size: Size) => void): void;
  /** Without a listener TERM ends the program with 143. */
  onTerm(listener: () => void): void;
  /** Called off by itself when the program ends. */
  after(ms: number, call: () => void): void;
  exit(code: number): void;
}

export type Program = (host: Host) => void;

export interface Running {
  input(bytes: Uint8Array): void;
  endInput(): void;
  resize(size: Size): void;
  signal(name: 'TERM' | 'KILL'): void;
  /** Nothing reaches it until `resume`: neither time nor input nor TERM. */
  pause(): void;
  resume(): void;
  readonly exit: Promise<number>;
}

export interface RunOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workspace: string;
  readonly size: Size;
  readonly clock: Clock;
  readonly onOutput: (bytes: Uint8Array, stream: 'stdout' | 'stderr') => void;
}

/** Runs a scripted program until it exits or is killed; afterwards nothing it does is heard. */
export function runProgram(program: Program, options: RunOptions): Running {
  const {clock, argv, env, workspace, onOutput} = options;
  let size = options.size;
  let over = false;
  let onInput: ((bytes: Uint8Array) => void) | undefined;
  let onInputEnd: (() => void) | undefined;
  let onResize: ((size: Size) => void) | undefined;
  let onTerm: (() => void) | undefined;
  const timers = new Set<() => void>();
  /** What came while it was paused; undefined while it is not. */
  let held: (() => void)[] | undefined;
  const reach = (work: () => void) => {
    if (held) held.push(() => reach(work));
    else if (!over) work();
  };
  let settle: (code: number) => void = () => {};
  const exit = new Promise<number>(resolve => {
    settle = resolve;
  });
  const end = (code: number) => {
    if (over) return;
    over = true;
    for (const cancel of timers) cancel();
    settle(code);
  };
  const host: Host = {
    argv,
    env,
    workspace,
    get size() {
      return size;
    },
    now: () => clock.now(),
    print(output, stream = 'stdout') {
      if (!over) onOutput(typeof output === 'string' ? Buffer.from(output) : output, stream);
    },
    onInput: listener => {
      onInput = listener;
    },
    onInputEnd: listener => {
      onInputEnd = listener;
    },
    onResize: listener => {
      onResize = listener;
    },
    onTerm: listener => {
      onTerm = listener;
    },
    after(ms, call) {
      const cancel = clock.after(ms, () => {
        timers.delete(cancel);
        reach(call);
      });
      timers.add(cancel);
    },
    exit: end,
  };
  program(host);
  return {
    exit,
    input: bytes => reach(() => onInput?.(bytes)),
    endInput: () => reach(() => onInputEnd?.()),
    resize(next) {
      size = next;
      reach(() => onResize?.(next));
    },
    signal(name) {
      if (name === 'KILL') return end(137);
      reach(() => (onTerm ? onTerm() : end(143)));
    },
    pause() {
      held ??= [];
    },
    resume() {
      const late = held ?? [];
      held = undefined;
      for (const work of late) work();
    },
  };
}
