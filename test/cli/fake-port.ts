import {AppError} from '../../src/errors.ts';
import type {
  AuditRow,
  ExecHandle,
  LogPiece,
  SessionsPort,
  SessionView,
  WorkspaceChanges,
} from '../../src/sessions/port.ts';
import {noNetwork} from '../support/fake-networks.ts';
import {sampleAgent} from '../support/sample-agents.ts';

export const epoch = Date.UTC(2026, 10, 21, 12, 0, 0);

export const sessionView = (changes: Partial<SessionView> = {}): SessionView => ({
  id: '01k9fakesession0000000000a',
  name: 'api',
  agent: 'shell',
  command: ['bash', '-l'],
  provider: 'mock',
  image: 'host',
  phase: 'running',
  phaseSince: epoch - 60_000,
  note: '',
  status: {status: 'ready', source: 'activity', kind: '', rule: 'no output for 8 s', detail: '', since: epoch - 8000},
  workspace: {mode: 'bind', path: '/src/api', source: '/src/api', branch: 'main', repo: '/src/api', base: null},
  limits: {memoryBytes: 2 ** 31, cpus: 2, pids: 512},
  network: 'none',
  ...{denied: 0, sandbox: {profile: 'strict', loosened: []}, runtime: null, unenforced: [], credentials: 'forward'},
  ...{home: null, project: null, queued: null, asleep: ''},
  createdAt: epoch - 3_600_000,
  exitCode: null,
  title: '',
  setup: null,
  unseen: false,
  mode: null,
  variables: [],
  missing: [],
  resumes: false,
  prompts: {waiting: 0, last: null},
  changes: null,
  ...changes,
});

/** A process that prints these pieces and ends. */
export const finishedProcess = (
  exitCode: number,
  pieces: readonly (readonly ['stdout' | 'stderr', string])[] = [],
): ExecHandle & {readonly written: Uint8Array[]; killed: boolean} => {
  const {promise, resolve} = Promise.withResolvers<number>();
  return {
    written: [],
    killed: false,
    onOutput(listener) {
      queueMicrotask(() => {
        for (const [stream, text] of pieces) listener(stream, Buffer.from(text));
        resolve(exitCode);
      });
    },
    pause() {},
    resume() {},
    async write(bytes) {
      this.written.push(bytes);
    },
    end() {},
    resize() {},
    kill() {
      this.killed = true;
    },
    exit: promise,
  };
};

async function* lines(...texts: readonly string[]): AsyncIterable<LogPiece> {
  yield {lines: texts, next: texts.length};
}

export async function* rows(...found: readonly AuditRow[]): AsyncIterable<AuditRow> {
  yield* found;
}

const noChanges: WorkspaceChanges = {files: [], added: 0, removed: 0, refused: [], version: 'v1'};

async function* texts(...found: readonly string[]): AsyncIterable<string> {
  yield* found;
}

async function* never(): AsyncIterable<never> {}

/** Sessions in a list; what a test needs otherwise it hands in. `calls` tells what was asked of it. */
export function fakePort(sessions: readonly SessionView[] = [sessionView()], own: Partial<SessionsPort> = {}) {
  const calls: [string, ...unknown[]][] = [];
  const find = async (ref: string): Promise<SessionView> => {
    const found = sessions.find(session => session.name.startsWith(ref) || session.id.startsWith(ref));
    if (found) return found;
    throw new AppError('SESSION_UNKNOWN', `There is no session "${ref}"`);
  };
  const refuse = async (): Promise<never> => {
    throw new AppError('UNSUPPORTED', 'the fake has none of this');
  };
  const port: SessionsPort = {
    list: async () => sessions,
    get: find,
    watch: never,
    engine: async () => ({provider: 'mock', state: 'ready', detail: '', hint: ''}),
    suggestName: async () => 'amber-bay',
    validate: async () => ({}),
    create: async request => sessionView({name: request.name ?? 'amber-bay', agent: request.agent || 'shell'}),
    stop: async ref => ({...(await find(ref)), phase: 'stopped'}),
    start: find,
    restart: find,
    hibernate: async ref => ({...(await find(ref)), asleep: 'paused'}),
    wake: find,
    teardown: async () => ({work: [], saves: [], removes: ['its container', 'its output'], keeps: ['/src/api']}),
    remove: async ref => {
      await find(ref);
    },
    changes: async () => noChanges,
    watchChanges: never,
    patch: () => texts(),
    planApply: refuse,
    apply: refuse,
    recoveries: async () => [],
    restore: refuse,
    pruneRecoveries: async () => [],
    attach: refuse,
    exec: refuse,
    shell: refuse,
    screen: refuse,
    watchScreen: never,
    logs: () => lines('one', 'two'),
    stats: async () => [],
    audit: () => rows(),
    wait: find,
    resolve: async ({agent}) => ({agent: agent || 'shell', variables: [], project: null}),
    trust: refuse,
    kept: async () => [],
    pruneKept: async () => ({removed: [], left: []}),
    repairKept: async () => [],
    revokeTrust: async () => false,
    trusted: async () => [],
    agents: async () => [sampleAgent({title: 'Shell'})],
    images: async () => [],
    buildImage: refuse,
    removeImage: refuse,
    send: refuse,
    prompts: async () => [],
    awaitPrompt: refuse,
    takeBackPrompt: refuse,
    seen: async () => {},
    network: async ref => ({...noNetwork, network: (await find(ref)).network}),
    watchNetwork: never,
    decide: refuse,
    networkSeen: async () => {},
    doctor: async () => [],
    close: async () => {},
    ...own,
  };
  const recording = new Proxy(port, {
    get(target, key: keyof SessionsPort) {
      const method = target[key];
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) => {
        calls.push([key, ...args]);
        return Reflect.apply(method, target, args);
      };
    },
  });
  return {port: recording, calls, names: () => calls.map(([name]) => name)};
}
