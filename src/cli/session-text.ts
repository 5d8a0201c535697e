import {homedir} from 'node:os';
import {
  briefWords,
  looseningWords,
  modeWords,
  type NetworkView,
  projectUseWords,
  routesText,
  type SessionStats,
  type SessionView,
  type Status,
  sourceWords,
  verdictWords,
} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {networkSummary} from './network-text.ts';
import type {Paint} from './print.ts';
import {table} from './table.ts';
import {age, bytes} from './units.ts';

type Shown = Status | Exclude<SessionView['phase'], 'running'> | 'queued' | 'asleep';

interface Look {
  readonly glyph: string;
  readonly style: Parameters<Paint>[0];
  /** Those who wait for a person come first, then those that are new, then these. */
  readonly rank: number;
}

const newRank = 1;

const looks: Record<Shown, Look> = {
  waiting: {glyph: '◆', style: 'yellow', rank: 0},
  error: {glyph: '✗', style: 'red', rank: 2},
  failed: {glyph: '✗', style: 'red', rank: 2},
  lost: {glyph: '✗', style: 'red', rank: 2},
  ready: {glyph: '○', style: 'bold', rank: 3},
  exited: {glyph: '■', style: 'dim', rank: 3},
  thinking: {glyph: '◐', style: 'green', rank: 4},
  working: {glyph: '●', style: 'green', rank: 4},
  starting: {glyph: '◌', style: 'dim', rank: 4},
  creating: {glyph: '◌', style: 'dim', rank: 4},
  stopping: {glyph: '◌', style: 'dim', rank: 4},
  unknown: {glyph: '·', style: 'dim', rank: 4},
  queued: {glyph: '◇', style: 'dim', rank: 4},
  asleep: {glyph: '☾', style: 'dim', rank: 5},
  stopped: {glyph: '■', style: 'dim', rank: 5},
};

const ends: ReadonlySet<Shown> = new Set(['ready', 'error', 'exited', 'stopped', 'failed', 'asleep']);

export const shownStatus = ({phase, status, queued, asleep}: SessionView): Shown => {
  if (queued !== null) return 'queued';
  if (asleep !== '') return 'asleep';
  return phase === 'running' ? status.status : phase;
};

/** The agent's own words about its status, else why the session is in its phase. */
const remark = (session: SessionView): string =>
  cleanLine(session.phase === 'running' ? session.status.detail : session.note);

/** It came to an end or an error, and nobody has looked since. */
const isUnseen = (session: SessionView): boolean => session.unseen && ends.has(shownStatus(session));

const rankOf = (session: SessionView): number => (isUnseen(session) ? newRank : looks[shownStatus(session)].rank);

/** What it waits for, or that it retries, beside its status. */
const statusText = (session: SessionView): string => {
  const status = shownStatus(session);
  const brief = session.phase === 'running' && status !== 'asleep' ? briefWords(session.status) : '';
  return [status, session.queued ?? '', brief && `(${brief})`, isUnseen(session) ? '(new)' : '']
    .filter(Boolean)
    .join(' ');
};

export const inOrder = (sessions: readonly SessionView[]): readonly SessionView[] =>
  [...sessions].sort((a, b) => rankOf(a) - rankOf(b) || a.createdAt - b.createdAt || a.name.localeCompare(b.name));

const shortPath = (path: string): string => {
  const home = homedir();
  return cleanLine(path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path);
};

/** The user's directory, and whether the agent works in that or in its own. */
const workspaceText = ({mode, source}: SessionView['workspace']): string =>
  mode === 'bind' ? shortPath(source) : `${shortPath(source)} (${mode})`;

const changesText = ({changes}: SessionView): string =>
  changes === null || changes.files === 0 ? '-' : `+${changes.added} −${changes.removed}`;

export function sessionsTable(sessions: readonly SessionView[], now: number, paint: Paint): readonly string[] {
  const head = ['', 'NAME', 'STATUS', 'AGENT', 'PROVIDER', 'BRANCH', 'CHANGES', 'AGE', 'WORKSPACE', ''];
  const rows = inOrder(sessions).map(session => {
    const status = shownStatus(session);
    const {glyph, style} = looks[status];
    return [
      paint(style, glyph),
      paint('bold', cleanLine(session.name)),
      paint(style, statusText(session)),
      cleanLine(session.agent),
      cleanLine(session.provider),
      cleanLine(session.workspace.branch ?? '-'),
      changesText(session),
      age(now - session.createdAt),
      workspaceText(session.workspace),
      paint('dim', remark(session)),
    ];
  });
  return table([head.map(text => paint('dim', text)), ...rows]);
}

/** Each step with what became of it. */
function setupFacts(setup: SessionView['setup']): readonly (readonly [string, string])[] {
  if (!setup) return [];
  const {commands, done, running} = setup;
  const became = (index: number) => (index < done ? 'done' : index === done && running ? 'runs' : 'not done');
  return commands.map((command, index) => [`setup ${index + 1}/${commands.length}`, `${command} (${became(index)})`]);
}

/** The status with everything that explains it. */
const statusFacts = ({status, unseen}: SessionView, now: number): readonly (readonly [string, string])[] => [
  ['status', `${status.status} for ${age(now - status.since)}: it ${verdictWords(status)}`],
  ['says', status.detail],
  ['told by', sourceWords[status.source]],
  ['rule', status.rule],
  ['unseen', unseen ? 'nobody has looked since' : ''],
];

const brokerText = (routes: NetworkView['routes']): string =>
  ['broker: its keys stay outside of it', routesText(routes)].filter(Boolean).join('; ');

/** How hard it is held, and each way in which that is less than it could be. */
const sandboxFacts = (session: SessionView, routes: NetworkView['routes']): readonly (readonly [string, string])[] => [
  ['sandbox', session.sandbox.profile],
  ...session.sandbox.loosened.map(one => ['loosened', `${one}: ${looseningWords[one]}`] as const),
  ['runtime', session.runtime ?? ''],
  ['not enforced', session.unenforced.join(', ')],
  ['keys', session.credentials === 'broker' ? brokerText(routes) : ''],
  ['kept home', session.home ?? ''],
  ['queued', session.queued === null ? '' : `waits for room, at place ${session.queued}`],
  ['asleep', session.asleep && `${session.asleep}: wakes at attach, shell, exec, start and a prompt`],
];

const limitsText = ({limits}: SessionView, stats: SessionStats | undefined): string => {
  const {memoryBytes, cpus, pids, diskBytes} = limits;
  const used = stats?.diskBytes ?? null;
  const disk =
    diskBytes === undefined ? '' : `, ${bytes(diskBytes)} disk${used === null ? '' : ` (${bytes(used)} used)`}`;
  return `${bytes(memoryBytes)} memory, ${cpus} CPUs, ${pids} processes${disk}`;
};

/** What is asked for where there is anything to ask: its allowlist, and what it uses of a disk that has a limit. */
interface Asked {
  readonly network?: NetworkView | undefined;
  readonly stats?: SessionStats | undefined;
}

/** Everything about it. */
export function sessionFacts(
  session: SessionView,
  {network, stats}: Asked,
  now: number,
  paint: Paint,
): readonly string[] {
  const {workspace, changes} = session;
  const facts: readonly (readonly [string, string])[] = [
    ['name', session.name],
    ['id', session.id],
    ['agent', session.agent],
    ['command', session.command.join(' ')],
    ['title', session.title],
    ['mode', session.mode === null ? '' : `${session.mode}: ${modeWords[session.mode]}`],
    ['variables', session.variables.length === 0 ? '' : `${session.variables.join(', ')} (values are not shown)`],
    ['missing', session.missing.length === 0 ? '' : `${session.missing.join(', ')}: give them with --env at a restart`],
    ...setupFacts(session.setup),
    ['phase', `${session.phase} for ${age(now - session.phaseSince)}`],
    ['note', session.note],
    ...statusFacts(session, now),
    ['exit code', session.exitCode === null ? '' : String(session.exitCode)],
    ['provider', session.provider],
    ['image', session.image],
    ['workspace', `${workspace.path} (${workspace.mode})`],
    ['made from', workspace.mode === 'bind' ? '' : workspace.source],
    ['repository', workspace.repo ?? ''],
    ['branch', workspace.branch ?? ''],
    ['base', workspace.base?.slice(0, 12) ?? ''],
    [
      'changes',
      changes === null ? '' : `${changes.files} ${changes.files === 1 ? 'file' : 'files'}, ${changesText(session)}`,
    ],
    ['limits', limitsText(session, stats)],
    ['network', network ? networkSummary(network) : session.network],
    ...sandboxFacts(session, network?.routes ?? []),
    ['project', session.project === null ? '' : projectUseWords[session.project]],
    ['created', new Date(session.createdAt).toISOString()],
  ];
  return table(facts.filter(([, text]) => text !== '').map(([label, text]) => [paint('dim', label), cleanLine(text)]));
}
