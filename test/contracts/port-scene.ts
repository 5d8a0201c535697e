import {expect} from 'vitest';
import type {
  Attachment,
  CreateProgress,
  CreateRequest,
  EngineState,
  ScreenFrame,
  SessionsPort,
  SessionView,
} from '../../src/sessions/port.ts';
import type {FakeEgress} from '../support/fake-egress.ts';

export const size = {columns: 80, rows: 24};
export const never = new AbortController().signal;

export interface PortFixture {
  readonly port: SessionsPort;
  /** A fresh directory to work in. */
  repo(name?: string): string;
  /** Moves time on. */
  pass(ms: number): void;
  /** What lets sessions out. */
  readonly egress: FakeEgress;
  readonly engine: {
    down(): void;
    up(): void;
    /** Holds the next call of a provider's method until it is released. */
    hold(method: string): {readonly entered: Promise<void>; readonly release: () => void};
    /** Names of everything it has. */
    names(): Promise<readonly string[]>;
    /** Removes a session's container without our knowledge. */
    removeBehind(session: SessionView): Promise<void>;
  };
  /** What is left of sessions on the disk. */
  directories(): readonly string[];
  /** Another client of the same sessions. */
  another(): SessionsPort;
  close(): Promise<void>;
}

export type Code = {readonly code: string; readonly message: unknown};
export const code = (name: string, message: unknown = expect.any(String)) =>
  expect.objectContaining({code: name, message});

export function until<T>(port: SessionsPort, ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  const stop = new AbortController();
  const changes = port.watch(stop.signal)[Symbol.asyncIterator]();
  const look = async (): Promise<T> => {
    // Listening begins before asking: what changes in between is not missed.
    const change = changes.next();
    const answer = await ask();
    if (holds(answer)) return answer;
    await change;
    return look();
  };
  return look().finally(() => stop.abort());
}

export const becomes = (port: SessionsPort, ref: string, holds: (view: SessionView) => boolean): Promise<SessionView> =>
  until(port, () => port.get(ref), holds);
export const engineIs = (port: SessionsPort, state: EngineState['state']): Promise<EngineState> =>
  until(
    port,
    () => port.engine(),
    engine => engine.state === state,
  );

/** A frame's text without its colours. */
export const plain = (frame: ScreenFrame): string => frame.lines.join('\n').replace(/\x1b\[[\d;:]*m/g, '');

/** Resolves as the work does; meanwhile the fixture's time goes on. */
export async function whileTimePasses<T>({pass}: {pass(ms: number): void}, work: Promise<T>): Promise<T> {
  const passing = setInterval(() => pass(50), 5);
  try {
    return await work;
  } finally {
    clearInterval(passing);
  }
}

/** Resolves with the first frame of the session's screen that is as wanted. `pass`: time is asked to move between frames. */
export async function frameWith(
  port: SessionsPort,
  ref: string,
  holds: (frame: ScreenFrame) => boolean,
  pass: (ms: number) => void,
): Promise<ScreenFrame> {
  for await (const frame of port.watchScreen(ref, {scrolled: 0, maxFps: 1000}, never)) {
    if (holds(frame)) return frame;
    queueMicrotask(() => pass(1));
  }
  throw new Error(`${ref} was removed before its screen was as wanted`);
}

/** Keeps what a terminal is given. */
export type Reading = ReturnType<typeof reader>;

export function reader() {
  let text = '';
  let waiting: {readonly wanted: string; readonly done: () => void}[] = [];
  const pieces: Buffer[] = [];
  const take = (bytes: Uint8Array) => {
    pieces.push(Buffer.from(bytes));
    text += Buffer.from(bytes).toString();
    for (const one of waiting) if (text.includes(one.wanted)) one.done();
    waiting = waiting.filter(one => !text.includes(one.wanted));
  };
  return {
    take,
    pieces,
    get text() {
      return text;
    },
    has: (wanted: string): Promise<void> =>
      text.includes(wanted)
        ? Promise.resolve()
        : new Promise(done => {
            waiting.push({wanted, done});
          }),
  };
}

export function reading(output: AsyncIterable<Uint8Array>) {
  const read = reader();
  void (async () => {
    for await (const bytes of output) read.take(bytes);
  })();
  return read;
}

/** The fixture of one test, with the moves most tests begin with. */
export class PortScene {
  #fixture: PortFixture | undefined;

  begin(fixture: PortFixture): void {
    this.#fixture = fixture;
  }

  async end(): Promise<void> {
    await this.#fixture?.close();
    this.#fixture = undefined;
  }

  get fixture(): PortFixture {
    if (!this.#fixture) throw new Error('The port of this test was not opened');
    return this.#fixture;
  }

  get port(): SessionsPort {
    return this.fixture.port;
  }

  request(changes: Partial<CreateRequest> = {}): CreateRequest {
    const {name = 'api'} = changes;
    const repo = changes.repo ?? this.fixture.repo(`repo-${name.slice(0, 20).replaceAll('/', '_')}`);
    return {name, agent: 'shell', args: ['echo'], workspace: 'bind', env: {}, limits: {}, size, ...changes, repo};
  }

  create(
    changes: Partial<CreateRequest> = {},
    onProgress: (progress: CreateProgress) => void = () => {},
    signal: AbortSignal = never,
  ): Promise<SessionView> {
    return this.port.create(this.request(changes), onProgress, signal);
  }

  /** Resolves once this text is on the session's screen, as this port (else the scene's) shows it. */
  async shows(ref: string, text: string, port = this.port): Promise<void> {
    await frameWith(port, ref, frame => plain(frame).includes(text), this.fixture.pass);
  }

  /** A session whose agent has printed its first word. */
  async ready(args: readonly string[], text: string, name = 'api'): Promise<SessionView> {
    const session = await this.create({name, args});
    await this.shows(name, text);
    await this.port.screen(name);
    return session;
  }

  async attach(ref = 'api', at = size): Promise<Omit<Attachment, 'output'> & {readonly output: Reading}> {
    const attachment = await this.port.attach(ref, at);
    return {...attachment, output: reading(attachment.output)};
  }

  /** Nothing is left of any session, anywhere. */
  async expectNothing(): Promise<void> {
    expect(await this.port.list()).toEqual([]);
    expect(await this.fixture.engine.names()).toEqual([]);
    expect(this.fixture.directories()).toEqual([]);
  }
}
