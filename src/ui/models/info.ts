import {
  type AuditRow,
  looseningWords,
  modeWords,
  type NetworkView,
  projectUseWords,
  routesText,
  type SessionStats,
  type SessionView,
  sourceWords,
} from '../../sessions/port.ts';
import {age, timeOf} from './age.ts';
import {countSpans} from './change-text.ts';
import {type Line, quiet, type Span, textOf} from './line.ts';
import {isUnseen, lookOf, sinceOf} from './look.ts';
import {clean, plural, shorten, shortenStart, widthOf} from './text.ts';

const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** A size for reading: 512 MB, 1.5 GB. */
export const bytes = (count: number): string => {
  let value = count;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

/** As it would be typed: words with blanks in quotes. */
const commandLine = (command: readonly string[]): string =>
  command.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');

const networks: Record<SessionView['network'], string> = {
  none: 'none',
  allowlist: 'allowlist: named hosts alone',
  open: 'open: everything can be reached',
};

const workspaces: Record<SessionView['workspace']['mode'], string> = {
  clone: 'clone: its own, until its changes are applied',
  copy: 'copy: its own, until its changes are applied',
  bind: 'bind: changes are immediate',
};

const changesText = ({changes}: SessionView): string => {
  if (!changes) return '';
  if (changes.files === 0) return 'none that are not applied';
  return `${plural(changes.files, 'file')}  ${textOf(countSpans(changes))}`.trimEnd();
};

const labelWidth = 11;

interface Row {
  readonly label: string;
  readonly value: Span;
  /** Keep the end of what is too long. */
  readonly path?: boolean;
}

interface InfoContext {
  readonly now: number;
  readonly width: number;
  readonly stats: SessionStats | undefined;
  readonly audit: readonly AuditRow[];
  /** What went through its broker, where that was asked. */
  readonly routes?: NetworkView['routes'];
}

const diskText = ({diskBytes, diskLimit}: SessionStats): string =>
  diskBytes === null ? '' : ` · ${bytes(diskBytes)}${diskLimit === null ? '' : ` of ${bytes(diskLimit)}`} disk`;

function rowsOf(session: SessionView, {stats, routes = [], now}: InfoContext): readonly (Row | undefined)[] {
  const {workspace, limits, status, setup, mode} = session;
  const look = lookOf(session);
  const row = (label: string, text: string | null, span: Omit<Span, 'text'> = {}): Row | undefined =>
    text === null || text === '' ? undefined : {label, value: {...span, text}};
  const path = (label: string, text: string | null): Row | undefined => {
    const made = row(label, text);
    return made && {...made, path: true};
  };
  return [
    row('state', `${look.glyph} ${look.word.replace('…', '')} for ${age(sinceOf(session), now)}`, {tone: look.tone}),
    row('says', status.detail),
    row('told by', status.rule === '' ? '' : sourceWords[status.source]),
    row('rule', status.rule),
    row('unseen', isUnseen(session) ? 'nobody has looked since' : '', {tone: 'accent'}),
    row('phase', `${session.phase}${session.exitCode === null ? '' : `, exit code ${session.exitCode}`}`),
    row('queued', session.queued === null ? '' : `waits for room, at place ${session.queued}`),
    row('asleep', session.asleep && `${session.asleep}: wakes at attach, a shell and a prompt`),
    row('note', session.note === status.detail ? '' : session.note),
    row('title', session.title),
    row('agent', session.agent),
    row('mode', mode && `${mode}: ${modeWords[mode]}`, mode === 'all' ? {tone: 'waiting'} : {}),
    row('variables', session.variables.join(', ')),
    row(
      'missing',
      session.missing.length === 0 ? '' : `${session.missing.join(', ')}: a restart from here brings them`,
      {
        tone: 'waiting',
      },
    ),
    row('command', commandLine(session.command)),
    row('setup', setup && `${setup.done} of ${setup.commands.length} steps done`),
    path('workspace', workspace.path),
    path('from', workspace.source === workspace.path ? null : workspace.source),
    row('kept as', workspaces[workspace.mode], workspace.mode === 'bind' ? {tone: 'waiting'} : {}),
    row('changes', workspace.mode === 'bind' ? '' : changesText(session)),
    row('branch', workspace.branch),
    path(
      'repository',
      workspace.repo === workspace.path || workspace.repo === workspace.source ? null : workspace.repo,
    ),
    row('image', session.image),
    row('provider', session.provider),
    row(
      'network',
      `${networks[session.network]}${session.denied > 0 ? ` · ⊘ ${session.denied} denied: N shows them` : ''}`,
      session.network === 'open' || session.denied > 0 ? {tone: 'waiting'} : {},
    ),
    row(
      'keys',
      session.credentials === 'broker'
        ? ['added outside of it', clean(routesText(routes))].filter(text => text !== '').join(': ')
        : '',
    ),
    row('sandbox', session.sandbox.profile),
    ...session.sandbox.loosened.map(one => row('loosened', `${one}: ${looseningWords[one]}`, {tone: 'waiting'})),
    row('kept home', session.home),
    row('project', session.project && projectUseWords[session.project]),
    row(
      'limits',
      `${bytes(limits.memoryBytes)} memory · ${limits.cpus} cpus · ${limits.pids} processes${limits.diskBytes === undefined ? '' : ` · ${bytes(limits.diskBytes)} disk`}`,
    ),
    row('not held', session.unenforced.join(', '), {tone: 'waiting'}),
    stats &&
      row(
        'uses',
        `${bytes(stats.memoryBytes)} memory · ${Math.round(stats.cpuPercent)} % of a core · ${stats.pids} processes${diskText(stats)}`,
      ),
    row('created', `${timeOf(session.createdAt, now)}, ${age(session.createdAt, now)} ago`),
    row('id', session.id),
  ];
}

export function infoLines(session: SessionView, context: InfoContext): readonly Line[] {
  const {now, width, audit} = context;
  const room = Math.max(4, width - labelWidth);
  const facts = rowsOf(session, context)
    .filter(row => row !== undefined)
    .map(
      ({label, value, path}): Line => [
        quiet(label.padEnd(labelWidth)),
        {...value, text: path ? shortenStart(value.text, room) : shorten(value.text, room)},
      ],
    );
  if (audit.length === 0) return facts;
  const history = audit.map((entry): Line => {
    const time = timeOf(entry.at, now);
    const failed = entry.result !== 'ok';
    const said = [entry.action, entry.detail, failed ? `– ${entry.result}` : ''].filter(text => text !== '').join(' ');
    return [
      quiet(`${time}  `),
      {text: shorten(said, Math.max(4, width - widthOf(time) - 2)), tone: failed ? 'bad' : 'plain'},
    ];
  });
  return [...facts, [], [quiet('history')], ...history];
}
