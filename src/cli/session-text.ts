import {homedir} from 'node:os';
import type {Mode, SessionView, Status} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Paint} from './print.ts';
import {table} from './table.ts';
import {age, bytes} from './units.ts';

type Shown = Status | Exclude<SessionView['phase'], 'running'>;

interface Look {
  readonly glyph: string;
  readonly style: Parameters<Paint>[0];
  /** Those who wait for a person come first. */
  readonly rank: number;
}

const looks: Record<Shown, Look> = {
  waiting: {glyph: '◆', style: 'yellow', rank: 0},
  error: {glyph: '✗', style: 'red', rank: 1},
  failed: {glyph: '✗', style: 'red', rank: 1},
  lost: {glyph: '✗', style: 'red', rank: 1},
  ready: {glyph: '○', style: 'bold', rank: 2},
  exited: {glyph: '■', style: 'dim', rank: 2},
  thinking: {glyph: '◐', style: 'green', rank: 3},
  working: {glyph: '●', style: 'green', rank: 3},
  starting: {glyph: '◌', style: 'dim', rank: 3},
  creating: {glyph: '◌', style: 'dim', rank: 3},
  stopping: {glyph: '◌', style: 'dim', rank: 3},
  unknown: {glyph: '·', style: 'dim', rank: 3},
  stopped: {glyph: '■', style: 'dim', rank: 4},
};

export const shownStatus = (session: SessionView): Shown =>
  session.phase === 'running' ? session.status.status : session.phase;

/** The agent's own words about its status, else why the session is in its phase. */
const remark = (session: SessionView): string =>
  cleanLine(session.phase === 'running' ? session.status.detail : session.note);

export const inOrder = (sessions: readonly SessionView[]): readonly SessionView[] =>
  [...sessions].sort(
    (a, b) =>
      looks[shownStatus(a)].rank - looks[shownStatus(b)].rank ||
      a.createdAt - b.createdAt ||
      a.name.localeCompare(b.name),
  );

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
      paint(style, status),
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

const modeText: Record<Mode, string> = {
  ask: 'ask: it asks before it changes or runs anything',
  edits: 'edits: it changes files without asking',
  all: 'all: it asks nothing; nothing but the sandbox holds it',
};

export function sessionFacts(session: SessionView, now: number, paint: Paint): readonly string[] {
  const {status, workspace, limits, changes} = session;
  const facts: readonly (readonly [string, string])[] = [
    ['name', session.name],
    ['id', session.id],
    ['agent', session.agent],
    ['command', session.command.join(' ')],
    ['title', session.title],
    ['mode', session.mode === null ? '' : modeText[session.mode]],
    ['variables', session.variables.length === 0 ? '' : `${session.variables.join(', ')} (values are not shown)`],
    ['missing', session.missing.length === 0 ? '' : `${session.missing.join(', ')}: give them with --env at a restart`],
    ...setupFacts(session.setup),
    ['phase', `${session.phase} for ${age(now - session.phaseSince)}`],
    ['note', session.note],
    [
      'status',
      `${status.status} for ${age(now - status.since)}, from ${status.source}${status.rule && ` (${status.rule})`}`,
    ],
    ['detail', status.detail],
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
    ['limits', `${bytes(limits.memoryBytes)} memory, ${limits.cpus} CPUs, ${limits.pids} processes`],
    ['network', session.network],
    ['created', new Date(session.createdAt).toISOString()],
  ];
  return table(facts.filter(([, text]) => text !== '').map(([label, text]) => [paint('dim', label), cleanLine(text)]));
}
