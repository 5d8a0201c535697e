import {briefWords, type SessionStats, type SessionView} from '../../sessions/port.ts';
import {age} from './age.ts';
import {countSpans, shortNumber} from './change-text.ts';
import {bytes} from './info.ts';
import {type Line, lineWidth, quiet, type Span, type Tone} from './line.ts';
import {isUnseen, lookOf, remarkOf, sinceOf} from './look.ts';
import {plural, widthOf} from './text.ts';

export interface SessionRowModel {
  readonly id: string;
  readonly selected: boolean;
  /** In front of the glyph: its number for the keys 1–9, or its mark. */
  readonly lead: string;
  readonly marked: boolean;
  readonly glyph: string;
  readonly tone: Tone;
  /** Prompts wait, or the last one failed; one cell. */
  readonly prompts: Span;
  /** It asks for a person's eye: its name stands out. */
  readonly unseen: boolean;
  readonly name: string;
  readonly agent: string;
  /** What it waits for, or that it retries, in a few letters; "" for neither. */
  readonly brief: string;
  /** The branch while all is ordinary, else what is going on. */
  readonly about: string;
  readonly aboutTone: Tone;
  /** Lines that nobody has applied; a warning where it works in the directory itself, and where it asks for nothing. */
  readonly changes: Line;
  /** What it takes of the machine; "" while that is not known. */
  readonly uses: string;
  readonly age: string;
}

export interface RowContext {
  readonly stats?: SessionStats | undefined;
  readonly selected: boolean;
  readonly marked: boolean;
  /** From 0, among the sessions shown. */
  readonly index: number;
  readonly pending: string | undefined;
  readonly now: number;
}

function aboutOf(session: SessionView, pending: string | undefined): Pick<SessionRowModel, 'about' | 'aboutTone'> {
  if (pending !== undefined) return {about: pending, aboutTone: 'quiet'};
  const {word, tone} = lookOf(session);
  const remark = remarkOf(session);
  if (session.phase === 'lost' || session.queued !== null || session.asleep !== '')
    return {about: word, aboutTone: tone};
  if (session.phase !== 'running') return {about: remark === '' ? word : remark, aboutTone: tone};
  if (remark !== '') return {about: remark, aboutTone: tone};
  const {branch} = session.workspace;
  // What a clone's branch is called says no more than the name beside it.
  return {about: branch === null || branch === `trails/${session.name}` ? '' : branch, aboutTone: 'quiet'};
}

function changesOf({workspace, changes}: SessionView): Line {
  if (workspace.mode === 'bind') return [{text: 'direct', tone: 'waiting'}];
  if (!changes || changes.files === 0) return [];
  const lines = countSpans(changes);
  return lines.length > 0 ? lines : [quiet(plural(changes.files, 'file'))];
}

const promptMark = ({waiting, last}: SessionView['prompts']): Span => {
  if (last?.state === 'failed') return {text: '!', tone: 'bad', bold: true};
  return waiting > 0 ? {text: '»', tone: 'accent'} : {text: ' '};
};

/** Its changes, behind what was denied to it and the mark of an agent that asks for nothing. */
function marksOf(session: SessionView): Line {
  const denied: Line = session.denied > 0 ? [{text: `⊘${shortNumber(session.denied)}`, tone: 'waiting'}] : [];
  const mode: Line = session.mode === 'all' ? [{text: 'all', tone: 'waiting'}] : [];
  const marks = [denied, mode, changesOf(session)].filter(mark => mark.length > 0);
  return marks.flatMap((mark, index): Line => (index === 0 ? mark : [{text: ' '}, ...mark]));
}

/** "12% 300M": of one core, and its memory. */
export const usesText = ({cpuPercent, memoryBytes}: Pick<SessionStats, 'cpuPercent' | 'memoryBytes'>): string =>
  `${Math.round(cpuPercent)}% ${bytes(memoryBytes).replace(' ', '')}`;

const briefOf = ({phase, status, asleep}: SessionView): string =>
  phase === 'running' && asleep === '' ? briefWords(status) : '';

export const sessionRow = (session: SessionView, context: RowContext): SessionRowModel => {
  const {glyph, tone} = lookOf(session);
  return {
    id: session.id,
    selected: context.selected,
    marked: context.marked,
    lead: context.marked ? '✓' : context.index < 9 ? String(context.index + 1) : ' ',
    glyph,
    tone,
    prompts: promptMark(session.prompts),
    unseen: isUnseen(session),
    name: session.name,
    agent: session.agent,
    brief: context.pending === undefined ? briefOf(session) : '',
    ...aboutOf(session, context.pending),
    changes: marksOf(session),
    uses: context.stats && session.asleep === '' ? usesText(context.stats) : '',
    age: age(sinceOf(session), context.now),
  };
};

/** Widths of a row's columns; 0 where there is no room for one. */
export interface RowColumns {
  readonly name: number;
  readonly agent: number;
  readonly about: number;
  /** With a cell of air before it. */
  readonly changes: number;
  /** With two cells of air before it. */
  readonly uses: number;
  readonly age: number;
}

/** "▌1 ◆ " before the name, and a cell of air at the end. */
const fixed = 6;
const ageWidth = 4;
const longestOf = (rows: readonly SessionRowModel[], field: 'name' | 'agent' | 'about' | 'brief') =>
  rows.reduce((most, row) => Math.max(most, widthOf(row[field])), 0);

/** Below this there is room for names only. */
const changesFrom = 22;
/** Below this what a session takes is left to `trails top`. */
const usesFrom = 52;
/** Below this a name is worth more than what its session waits for. */
const briefFrom = 18;

/** Name first, then its changes, what it is about, and the agent; each as wide as its longest text where that fits. */
export function rowColumns(rows: readonly SessionRowModel[], width: number): RowColumns {
  const whole = Math.max(0, width - fixed - ageWidth);
  const longest = rows.reduce((most, row) => Math.max(most, lineWidth(row.changes)), 0);
  const changes = longest > 0 && whole >= changesFrom ? longest + 1 : 0;
  const used = Math.max(0, ...rows.map(({uses}) => widthOf(uses)));
  const uses = used > 0 && whole - changes >= usesFrom ? used + 2 : 0;
  const room = whole - changes - uses;
  const wanted = longestOf(rows, 'name');
  const agentWanted = Math.min(10, longestOf(rows, 'agent'));
  const aboutWanted = Math.min(9, Math.max(longestOf(rows, 'about'), longestOf(rows, 'brief')));
  const fits = wanted + 2 + aboutWanted + agentWanted + 2 <= room;
  const agent = room >= 36 || fits ? agentWanted : 0;
  const left = room - (agent > 0 ? agent + 2 : 0);
  const leastAbout = left >= 24 ? aboutWanted : left >= briefFrom ? longestOf(rows, 'brief') : 0;
  const name = Math.max(0, Math.min(wanted, left - 2 - leastAbout));
  return {name, agent, about: Math.max(0, left - name - 2), changes, uses, age: ageWidth};
}
