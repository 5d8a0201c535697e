import {randomBytes} from 'node:crypto';
import {mkdirSync} from 'node:fs';
import {stat} from 'node:fs/promises';
import path from 'node:path';
import {pipeline} from 'node:stream/promises';
import {AppError} from '../../errors.ts';
import {type Clock, elapsed} from '../../lib/clock.ts';
import {createEvents} from '../local-events.ts';
import type {Command, EnvironmentEvent, EnvironmentId, Provider, Size} from '../provider.ts';
import {type Box, environmentOf, inWorkspace, openBoxTerminal} from './box.ts';
import {type Program, runProgram} from './program.ts';
import {createRecord} from './record.ts';

export interface MockOptions {
  readonly clock: Clock;
  /** Which program a command line runs; undefined: no such command. */
  readonly programFor: (argv: readonly string[]) => Program | undefined;
  /** How long making an environment takes, in all. */
  readonly createMs?: () => number;
  /** OCI runtimes that it takes by name. */
  readonly runtimes?: readonly string[];
  /** Kept of each terminal's output. */
  readonly recordBytes?: number;
}

/** The images of a world in which every agent has one. */
const knownImage = /^(host|localhost\/trails\/[a-z-]+:latest)$/;

const ids = (() => {
  // Rows of a process that died must not name an environment of this one.
  const run = randomBytes(4).toString('hex');
  let next = 0;
  return () => `mock-${run}-${++next}` as EnvironmentId;
})();

/** Environments in memory that run scripted programs: for `--dev`, for tests, for speed. It keeps every promise of the interface. */
export function createMock({clock, programFor, createMs = () => 0, recordBytes, runtimes = []}: MockOptions): Provider {
  const boxes = new Map<EnvironmentId, Box>();
  const events = createEvents();

  const tell = (box: Box, type: EnvironmentEvent['type']) => {
    const code = type === 'exited' && box.exitCode !== undefined ? {exitCode: box.exitCode} : {};
    events.tell({type, id: box.id, labels: box.spec.labels, ...code});
  };
  const boxOf = (id: EnvironmentId): Box => {
    const box = boxes.get(id);
    if (!box) throw new AppError('ENGINE_REFUSED', `There is no environment ${id}`);
    return box;
  };
  const runningBox = (id: EnvironmentId): Box => {
    const box = boxOf(id);
    if (box.state !== 'running') throw new AppError('ENGINE_REFUSED', `${box.spec.name} is not running`);
    return box;
  };
  const matches = (box: Box, labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).every(([key, value]) => box.spec.labels[key] === value);
  const programOf = (argv: readonly string[]): Program =>
    programFor(argv) ??
    (host => {
      host.print(`${argv[0]}: not found\r\n`, 'stderr');
      host.exit(127);
    });

  const start = (box: Box, command: Command, size: Size): number => {
    const at = box.output.end;
    // As with a real engine, what was handed over for one start is not there for the next.
    const {secrets: _, ...kept} = command;
    Object.assign(box, {command: kept, size, state: 'running', startedAt: clock.now()});
    delete box.exitCode;
    tell(box, 'started');
    const running = runProgram(programOf(command.argv), {
      argv: command.argv,
      env: {...box.spec.env, ...command.env, ...command.secrets},
      workspace: box.spec.workspace,
      size,
      clock,
      onOutput(bytes) {
        const copy = Uint8Array.from(bytes);
        box.output.append(copy);
        for (const viewer of box.viewers) viewer.data(copy, box.output.end);
      },
    });
    box.running = running;
    void running.exit.then(code => {
      if (box.running !== running) return;
      box.state = 'exited';
      box.exitCode = code;
      delete box.running;
      for (const viewer of [...box.viewers]) viewer.end('exited');
      tell(box, 'exited');
    });
    return at;
  };

  const provider: Provider = {
    name: 'mock',
    supports: {
      pause: true,
      limits: false,
      networks: ['none', 'allowlist', 'open'],
      checkpoints: false,
      machine: 'nothing',
    },
    check: async () => [
      {
        ...{check: 'mock', title: 'Make-believe engine', state: 'ok'},
        ...{
          detail: 'sessions of --dev live in memory and end with it',
          why: 'it shows the dashboard without an engine',
        },
      },
    ],
    async resolveRuntime(asked) {
      if (asked === 'auto' || runtimes.includes(asked)) return asked === 'auto' ? undefined : asked;
      throw new AppError('UNSUPPORTED', `The runtime ${asked} cannot be used: the mock has none of that name`);
    },
    inPlaceOfRoot: async () => undefined,
    async createEnvironment(spec, onProgress, signal) {
      onProgress({step: 'making the container'});
      if (!knownImage.test(spec.image)) throw new AppError('IMAGE_MISSING', `There is no image ${spec.image}`);
      const workspace = await stat(spec.workspace).catch(() => undefined);
      if (!workspace?.isDirectory()) throw new AppError('REPO_UNUSABLE', `${spec.workspace} is not a directory`);
      if ([...boxes.values()].some(box => box.spec.name === spec.name)) {
        throw new AppError('CANNOT_CREATE', `There is already an environment ${spec.name}`);
      }
      if (createMs() > 0) await elapsed(clock, createMs(), signal);
      if (signal.aborted) throw new AppError('CANCELLED', `Making ${spec.name} was cancelled`);
      mkdirSync(spec.stateDir, {recursive: true, mode: 0o700});
      const box: Box = {
        ...{id: ids(), spec, createdAt: clock.now(), output: createRecord(recordBytes), viewers: new Set()},
        ...{state: 'created' as const, size: {columns: 80, rows: 24}},
      };
      boxes.set(box.id, box);
      tell(box, 'created');
      return box.id;
    },
    async getEnvironment(id) {
      const box = boxes.get(id);
      return box && environmentOf(box);
    },
    listEnvironments: async labels => [...boxes.values()].filter(box => matches(box, labels)).map(environmentOf),
    async spawnAgent(id, command, size) {
      const box = boxOf(id);
      if (box.running) throw new AppError('ENGINE_REFUSED', `${box.spec.name} runs already`);
      return start(box, command, size);
    },
    async startEnvironment(id, size) {
      const box = boxOf(id);
      if (box.state === 'running') return box.output.end;
      if (!box.command) throw new AppError('ENGINE_REFUSED', `${box.spec.name} has no command yet`);
      return start(box, box.command, size);
    },
    openTerminal: async (id, options) => openBoxTerminal(boxOf(id), options),
    async exec(id, argv, options = {}) {
      const box = runningBox(id);
      const early: ['stdout' | 'stderr', Uint8Array][] = [];
      let paused = false;
      let listener: ((stream: 'stdout' | 'stderr', bytes: Uint8Array) => void) | undefined;
      const running = runProgram(programOf(argv), {
        argv,
        env: {...box.spec.env, ...options.env},
        workspace: box.spec.workspace,
        size: options.tty ?? {columns: 80, rows: 24},
        clock,
        onOutput(bytes, stream) {
          const told = options.tty ? 'stdout' : stream;
          if (listener && !paused) listener(told, bytes);
          else early.push([told, Uint8Array.from(bytes)]);
        },
      });
      const flush = () => {
        if (listener) for (const [stream, bytes] of early.splice(0)) listener(stream, bytes);
      };
      options.signal?.addEventListener('abort', () => running.signal('KILL'), {once: true});
      void box.running?.exit.then(() => running.signal('KILL'));
      return {
        stdin: {write: async bytes => running.input(bytes), end: () => running.endInput()},
        onOutput(next) {
          listener = next;
          if (!paused) flush();
        },
        pause() {
          paused = true;
        },
        resume() {
          paused = false;
          flush();
        },
        resize: async size => running.resize(size),
        exit: running.exit,
        kill: () => running.signal('KILL'),
      };
    },
    async stopEnvironment(id, graceMs) {
      const running = boxes.get(id)?.running;
      if (!running) return;
      await provider.resumeEnvironment(id);
      const cancel = clock.after(graceMs, () => running.signal('KILL'));
      running.signal('TERM');
      await running.exit;
      cancel();
    },
    async pauseEnvironment(id) {
      const box = boxOf(id);
      if (box.state === 'paused') return;
      runningBox(id).running?.pause();
      box.state = 'paused';
      tell(box, 'paused');
    },
    async resumeEnvironment(id) {
      const box = boxOf(id);
      if (box.state !== 'paused') return;
      box.state = 'running';
      box.running?.resume();
      tell(box, 'resumed');
    },
    async destroyEnvironment(id) {
      const box = boxes.get(id);
      if (!box) return;
      box.running?.signal('KILL');
      await box.running?.exit;
      boxes.delete(id);
      for (const viewer of [...box.viewers]) viewer.end('lost');
      tell(box, 'removed');
    },
    async stats(ids) {
      const up = ids.filter(id => ['running', 'paused'].includes(boxes.get(id)?.state ?? ''));
      return new Map(
        up.map((id, index) => [
          id,
          {cpuPercent: (index * 7) % 60, memoryBytes: (180 + index * 13) * 2 ** 20, pids: 4 + index},
        ]),
      );
    },
    async heldLimits(id) {
      const {memoryBytes, cpus, pids} = boxOf(id).spec.limits;
      return boxes.get(id)?.running && {memoryBytes, cpus, pids};
    },
    watch: (labels, signal) => events.watch(labels, signal),
    async copyIn(id, directory, archive) {
      const {extract} = await import('tar');
      await pipeline(archive, extract({cwd: inWorkspace(boxOf(id), directory)}));
    },
    async copyOut(id, source) {
      const {create} = await import('tar');
      const file = inWorkspace(boxOf(id), source);
      return create({cwd: path.dirname(file), portable: true}, [path.basename(file)]);
    },
    close: async () => {},
  };
  return provider;
}
