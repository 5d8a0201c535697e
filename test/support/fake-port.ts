import {AppError} from '../../src/errors.ts';
import {createByteQueue} from '../../src/lib/byte-queue.ts';
import type {
  Attachment,
  AttachmentEnd,
  CreateProgress,
  CreateRequest,
  ExecHandle,
  ProjectView,
  ScreenFrame,
  SessionsPort,
  SessionView,
  StartOptions,
} from '../../src/sessions/port.ts';
import {fakeNetworks} from './fake-networks.ts';
import {fakePrompts} from './fake-prompts.ts';
import {fakeWorkspaces} from './fake-workspaces.ts';
import {feed} from './feed.ts';
import {sampleAgent} from './sample-agents.ts';
import {sampleSession} from './sample-session.ts';

export type Method = Exclude<keyof SessionsPort, 'watchScreen' | 'logs'>;

export const frameOf = (lines: readonly string[], over: Partial<ScreenFrame> = {}): ScreenFrame => ({
  size: {columns: 80, rows: 24},
  lines: [...lines, ...Array.from({length: Math.max(0, 24 - lines.length)}, () => '')],
  cursor: {column: 2, row: Math.max(0, lines.length - 1), visible: true},
  title: '',
  scrollback: 0,
  scrolled: 0,
  ...over,
});

/** Values of variables are not written down. */
const startDetail = (ref: string, {how, here}: StartOptions): string =>
  [ref, how === 'again' ? '' : how, Object.keys(here ?? {}).join(',')].filter(Boolean).join(' ');

interface PendingCreation {
  readonly request: CreateRequest;
  readonly progress: (progress: CreateProgress) => void;
  readonly finish: () => SessionView;
  readonly fail: (error: unknown) => void;
}

/** Sessions in memory: every call is written down, any method can be made to fail, creations wait for the test. */
export function fakePort(sessions: readonly SessionView[] = []) {
  let all = [...sessions];
  const calls: string[] = [];
  const failures = new Map<Method, unknown>();
  const changed = feed<true>();
  const logs = feed<string>();
  const frames = new Map<string, ScreenFrame>();
  const screens = feed<string>();
  const waiting: {method: string; resolve: () => void}[] = [];
  const creations: PendingCreation[] = [];
  const attachments: {readonly ref: string; readonly end: (end: AttachmentEnd) => void}[] = [];
  let project: ProjectView | null = null;
  let problems: Partial<Record<keyof CreateRequest, string>> = {};

  const called = (method: Method, detail = '') => {
    calls.push(detail === '' ? method : `${method} ${detail}`);
    for (const one of waiting.splice(0)) (one.method === method ? one.resolve : () => waiting.push(one))();
    const failure = failures.get(method);
    if (failure !== undefined) throw failure;
  };
  const find = (ref: string): SessionView => {
    const found = all.find(({id, name}) => id === ref || name === ref);
    if (!found) throw new AppError('SESSION_UNKNOWN', `There is no session "${ref}"`);
    return found;
  };
  const workspaces = fakeWorkspaces(called, find);
  const networks = fakeNetworks(called, find);
  const tell = () => {
    changed.push(true);
  };
  const change = (ref: string, over: Partial<SessionView>): SessionView => {
    const next = {...find(ref), ...over};
    all = all.map(session => (session.id === next.id ? next : session));
    tell();
    return next;
  };
  const shell = (): ExecHandle => ({
    onOutput: () => {},
    pause: () => {},
    resume: () => {},
    write: async () => {},
    end: () => {},
    resize: () => {},
    kill: () => {},
    exit: Promise.resolve(0),
  });

  const port: SessionsPort = {
    async list() {
      called('list');
      return all;
    },
    async get(ref) {
      called('get', ref);
      return find(ref);
    },
    async *watch(signal) {
      called('watch');
      const engine = {provider: 'podman', state: 'ready', detail: '', hint: ''} as const;
      const picture = () => ({whole: true, sessions: all, removed: [], engine});
      const told = changed.read(signal)[Symbol.asyncIterator]();
      // Listening begins before the first picture.
      let next = told.next();
      yield picture();
      while (!(await next).done) {
        next = told.next();
        yield picture();
      }
    },
    async engine() {
      called('engine');
      return {provider: 'podman', state: 'ready', detail: '', hint: ''};
    },
    ...fakePrompts(called, find),
    ...networks.methods,
    // Asked with each check of a form: not written down.
    resolve: async ({agent}) => ({agent, variables: [], project}),
    async trust() {
      throw new AppError('UNSUPPORTED', 'the fake trusts nothing');
    },
    kept: async () => [],
    pruneKept: async () => ({removed: [], left: []}),
    repairKept: async () => [],
    revokeTrust: async () => false,
    trusted: async () => [],
    async suggestName() {
      called('suggestName');
      return 'brave-otter';
    },
    async validate(request) {
      called('validate', request.name);
      return problems;
    },
    create(request, onProgress, signal) {
      return new Promise((resolve, reject) => {
        try {
          called('create', request.name);
        } catch (error) {
          return reject(error);
        }
        signal.addEventListener('abort', () => reject(new AppError('CANCELLED', 'Cancelled')), {once: true});
        creations.push({
          request,
          progress: onProgress,
          finish() {
            const made = sampleSession({name: request.name ?? 'made', id: `made-${request.name}`});
            all = [...all, made];
            tell();
            resolve(made);
            return made;
          },
          fail: reject,
        });
      });
    },
    async stop(ref) {
      called('stop', ref);
      return change(ref, {phase: 'stopped', exitCode: 143});
    },
    async start(ref, _size, options = {}) {
      called('start', startDetail(ref, options));
      return change(ref, {phase: 'running', exitCode: null});
    },
    async restart(ref, _size, options = {}) {
      called('restart', startDetail(ref, options));
      return change(ref, {phase: 'running'});
    },
    async hibernate(ref, way = 'pause') {
      called('hibernate', `${ref} ${way}`);
      return change(ref, way === 'stop' ? {phase: 'stopped', asleep: 'stopped'} : {asleep: 'paused'});
    },
    async wake(ref) {
      called('wake', ref);
      return change(ref, {phase: 'running', asleep: ''});
    },
    async teardown(ref) {
      called('teardown', ref);
      const {workspace} = find(ref);
      return {
        work: [],
        saves: [],
        removes: ['its container, and files the agent made outside /workspace', 'its recorded screen and log'],
        keeps: [`${workspace.path} with everything in it`],
      };
    },
    async remove(ref, {force}) {
      called('remove', `${ref}${force ? ' force' : ''}`);
      const {id} = find(ref);
      all = all.filter(session => session.id !== id);
      tell();
    },
    ...workspaces.methods,
    async attach(ref): Promise<Attachment> {
      called('attach', ref);
      const {promise: closed, resolve: end} = Promise.withResolvers<AttachmentEnd>();
      attachments.push({ref, end});
      const queue = createByteQueue();
      void closed.then(queue.end);
      return {
        output: queue.output,
        write: () => {},
        resize: () => {},
        detach: () => end({reason: 'detached'}),
        closed,
      };
    },
    async exec(ref) {
      called('exec', ref);
      return shell();
    },
    async shell(ref) {
      called('shell', ref);
      return shell();
    },
    async screen(ref) {
      called('screen', ref);
      return frames.get(find(ref).id) ?? frameOf([]);
    },
    async *watchScreen(ref, {scrolled}, signal) {
      const now = () => ({...(frames.get(ref) ?? frameOf([`screen of ${find(ref).name}`])), scrolled});
      yield now();
      for await (const id of screens.read(signal)) if (id === ref) yield now();
    },
    async *logs(ref, _options, signal) {
      for await (const line of logs.read(signal, [`log of ${find(ref).name}`])) yield {lines: [line], next: 1};
    },
    async stats() {
      called('stats');
      return all.map(({id, name, limits}) => ({
        id,
        name,
        cpuPercent: 12.4,
        memoryBytes: 210 * 2 ** 20,
        memoryLimit: limits.memoryBytes,
        pids: 14,
        pidsLimit: limits.pids,
        diskBytes: null,
        diskLimit: limits.diskBytes ?? null,
      }));
    },
    async wait(ref) {
      called('wait', ref);
      return find(ref);
    },
    async *audit({ref}) {
      called('audit', ref);
      const {id, name, createdAt} = find(ref ?? '');
      const row = {at: createdAt, session: id, name, pid: 1, by: 'trails'};
      yield {...row, id: 1, action: 'create', detail: 'podman host', result: 'ok'};
      yield {...row, id: 2, action: 'spawn', detail: 'bash -l', result: 'ok'};
    },
    async agents() {
      called('agents');
      return [
        sampleAgent({title: 'Shell', command: ['bash']}),
        sampleAgent({
          ...{name: 'claude', title: 'Claude Code', command: ['claude'], image: 'claude'},
          ...{modes: ['ask', 'edits', 'all'], resumes: true},
          ...{variables: ['TZ', 'EMPTY', 'ANTHROPIC_API_KEY'], credentials: ['ANTHROPIC_API_KEY']},
        }),
      ];
    },
    images: async () => [],
    buildImage: async () => ({reference: '', id: '', sizeBytes: 0, createdAt: 0}),
    removeImage: async name => name,
    doctor: async () => [],
    close: async () => {},
  };

  return {
    port,
    calls,
    creations,
    attachments,
    frames,
    logs,
    screens,
    ...workspaces.tools,
    setNetwork: networks.setNetwork,
    change,
    add(session: SessionView) {
      all = [...all, session];
      tell();
    },
    drop(ref: string) {
      all = all.filter(({id, name}) => id !== ref && name !== ref);
      tell();
    },
    failWith(method: Method, error: unknown) {
      if (error === undefined) failures.delete(method);
      else failures.set(method, error);
    },
    findProject(next: ProjectView | null) {
      project = next;
    },
    findProblems(next: typeof problems) {
      problems = next;
    },
    /** Resolves at the next call of this method. */
    next: (method: Method) =>
      new Promise<void>(resolve => {
        waiting.push({method, resolve});
      }),
  };
}
