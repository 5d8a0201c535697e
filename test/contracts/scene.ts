import {test} from 'vitest';
import type {
  Command,
  EnvironmentEvent,
  EnvironmentId,
  EnvironmentSpec,
  Provider,
  TerminalStream,
} from '../../src/providers/provider.ts';
import type {Programs, ProviderFixture} from './fixture.ts';
import {Reader} from './reader.ts';

export const size = {columns: 80, rows: 24};
export const never = new AbortController().signal;

/** The fixture of one run of the contract, with the moves that most tests begin with. */
export class Scene {
  #fixture: ProviderFixture | undefined;
  readonly #cannot: Readonly<Record<string, string>>;

  /** What a provider cannot do, by the name of the test, with the reason. */
  constructor(cannot: Readonly<Record<string, string>> = {}) {
    this.#cannot = cannot;
  }

  /** A test of the contract, or a skip that says why. */
  test(name: string, body: () => Promise<void>): void {
    const reason = this.#cannot[name];
    if (reason === undefined) test(name, body);
    else test.skip(`${name}: ${reason}`, body);
  }

  begin(fixture: ProviderFixture): void {
    this.#fixture = fixture;
  }

  async end(): Promise<void> {
    await this.#fixture?.close();
  }

  get fixture(): ProviderFixture {
    if (!this.#fixture) throw new Error('The provider of this run was not opened');
    return this.#fixture;
  }

  get provider(): Provider {
    return this.fixture.provider;
  }

  get programs(): Programs {
    return this.fixture.programs;
  }

  create(changes: Partial<EnvironmentSpec> = {}): Promise<EnvironmentId> {
    return this.provider.createEnvironment(this.fixture.spec(changes), () => {}, never);
  }

  async spawn(command: Command): Promise<EnvironmentId> {
    const id = await this.create();
    await this.provider.spawnAgent(id, command, size);
    return id;
  }

  async open(id: EnvironmentId, from = 0, cuts: readonly number[] = []): Promise<TerminalStream & {reader: Reader}> {
    const stream = await this.provider.openTerminal(id, {size, from, cuts});
    return Object.assign(stream, {reader: new Reader(stream)});
  }

  /** Spawns the command and resolves with its terminal once this text is on it. */
  async spawnUntil(command: Command, text: string) {
    const id = await this.spawn(command);
    const terminal = await this.open(id);
    await terminal.reader.shows(text);
    return {id, terminal};
  }

  /** Events of one environment from now on; `next` waits for one of that type. */
  events(id: EnvironmentId) {
    const stop = new AbortController();
    const seen: EnvironmentEvent[] = [];
    const waiting: {type: EnvironmentEvent['type']; done: (event: EnvironmentEvent) => void}[] = [];
    const ended = (async () => {
      for await (const event of this.provider.watch(this.fixture.labels, stop.signal)) {
        if (event.id !== id) continue;
        seen.push(event);
        for (const one of waiting.splice(0)) {
          if (one.type === event.type) one.done(event);
          else waiting.push(one);
        }
      }
    })();
    const next = (type: EnvironmentEvent['type']): Promise<EnvironmentEvent> => {
      const found = seen.find(event => event.type === type);
      if (found) return Promise.resolve(found);
      return new Promise(done => {
        waiting.push({type, done});
      });
    };
    const end = () => {
      stop.abort();
      return ended;
    };
    return {seen, next, end};
  }
}
