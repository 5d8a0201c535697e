import type {SessionRecord} from '../../src/sessions/record.ts';

export const sampleRecord = (over: Partial<SessionRecord> = {}): SessionRecord => ({
  id: '01jdsample',
  name: 'sample',
  agent: 'shell',
  command: ['sh'],
  provider: 'mock',
  image: 'host',
  workspace: {mode: 'bind', path: '/srv/sample', source: '/srv/sample', branch: null, repo: null},
  limits: {memoryBytes: 2 ** 31, cpus: 1, pids: 512},
  network: 'none',
  runtime: null,
  createdAt: 1_700_000_000_000,
  environment: null,
  phase: 'running',
  phaseSince: 1_700_000_000_000,
  note: '',
  exitCode: null,
  removing: false,
  worker: null,
  ...over,
});
