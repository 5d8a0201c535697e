import type {SessionView, Status} from '../../src/sessions/port.ts';

export const sampleNow = 1_700_000_000_000;

/** A running shell session, with what matters to the test put over it. */
export const sampleSession = (over: Partial<SessionView> = {}): SessionView => ({
  id: `01-${over.name ?? 'api'}`,
  name: 'api',
  agent: 'shell',
  command: ['bash', '-l'],
  provider: 'podman',
  image: 'host',
  phase: 'running',
  phaseSince: sampleNow - 3_600_000,
  note: '',
  status: sampleStatus('ready'),
  workspace: {
    mode: 'bind',
    path: '/home/ada/projects/api',
    source: '/home/ada/projects/api',
    branch: 'main',
    repo: '/home/ada/projects/api',
    base: null,
  },
  limits: {memoryBytes: 2 * 2 ** 30, cpus: 2, pids: 512},
  network: 'none',
  ...{denied: 0, sandbox: {profile: 'strict', loosened: []}, runtime: null, unenforced: [], credentials: 'forward'},
  ...{home: null, project: null, queued: null, asleep: ''},
  createdAt: sampleNow - 3_600_000,
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
  ...over,
});

export const sampleStatus = (status: Status, over: Partial<SessionView['status']> = {}): SessionView['status'] => ({
  status,
  source: 'osc7501',
  kind: '',
  rule: `OSC 7501 state=${status}`,
  detail: '',
  since: sampleNow - 180_000,
  ...over,
});

/** A clone of its own. */
const cloned = (name: string, branch: string) => ({
  mode: 'clone' as const,
  path: `/home/ada/.local/state/trails/sessions/${name}/workspace`,
  source: `/home/ada/projects/${name}`,
  branch,
  repo: `/home/ada/projects/${name}`,
  base: 'c0ffee'.repeat(7).slice(0, 40),
});

/** Seven sessions, one in each state a person meets. */
export const sevenSessions = (): SessionView[] => [
  sampleSession({name: 'api', createdAt: sampleNow - 9_000_000, status: sampleStatus('working')}),
  sampleSession({
    name: 'checkout-flow',
    agent: 'claude',
    createdAt: sampleNow - 8_000_000,
    workspace: cloned('shop', 'feature/checkout-with-a-very-long-branch-name'),
    changes: {files: 8, added: 160, removed: 1809},
    status: sampleStatus('waiting', {detail: 'Allow edit of src/cart.ts?', since: sampleNow - 72_000}),
  }),
  sampleSession({
    name: 'docs',
    agent: 'aider',
    createdAt: sampleNow - 7_000_000,
    workspace: cloned('docs', 'docs/quick-start'),
    changes: {files: 2, added: 12, removed: 3},
    status: sampleStatus('thinking', {since: sampleNow - 12_000}),
  }),
  sampleSession({
    name: 'a-name-as-long-as-a-name-may-ever-be-ok12',
    agent: 'opencode',
    createdAt: sampleNow - 6_000_000,
    workspace: cloned('long', 'trails/long'),
    changes: {files: 0, added: 0, removed: 0},
    status: sampleStatus('ready', {since: sampleNow - 7_300_000}),
  }),
  sampleSession({
    name: 'migrations',
    workspace: cloned('shop', 'trails/migrations'),
    changes: {files: 412, added: 12_400, removed: 0},
    createdAt: sampleNow - 5_000_000,
    phase: 'stopped',
    phaseSince: sampleNow - 1_900_000,
    exitCode: 1,
    status: sampleStatus('exited', {source: 'container', rule: 'the container ended with code 1'}),
  }),
  sampleSession({
    name: 'gone',
    createdAt: sampleNow - 4_000_000,
    phase: 'lost',
    phaseSince: sampleNow - 40_000,
    note: 'its container is gone',
    status: sampleStatus('unknown', {source: 'container', rule: 'the container is gone'}),
  }),
  sampleSession({
    name: 'fresh',
    createdAt: sampleNow - 3_000,
    phase: 'creating',
    phaseSince: sampleNow - 3_000,
    note: 'making the container',
    status: sampleStatus('starting', {source: 'container', since: sampleNow - 3_000}),
  }),
];

const many: readonly Status[] = ['working', 'ready', 'thinking', 'waiting', 'error', 'working', 'ready', 'starting'];

export const sixtySessions = (): SessionView[] =>
  Array.from({length: 60}, (_, index) =>
    sampleSession({
      name: `session-${String(index + 1).padStart(2, '0')}`,
      id: `id-${String(index + 1).padStart(2, '0')}`,
      agent: ['shell', 'claude', 'codex'][index % 3] ?? 'shell',
      createdAt: sampleNow - (100 - index) * 60_000,
      workspace: cloned('mono', `task/${index + 1}`),
      changes: {files: index % 4, added: (index % 4) * 7 ** (index % 5), removed: index % 3},
      status: sampleStatus(many[index % many.length] ?? 'ready', {since: sampleNow - index * 47_000}),
    }),
  );
