import type {SessionView} from '../../sessions/port.ts';
import {age} from './age.ts';
import type {Tone} from './line.ts';
import {lookOf, remarkOf, sinceOf} from './look.ts';
import {widthOf} from './text.ts';

export interface SessionRowModel {
  readonly id: string;
  readonly selected: boolean;
  /** In front of the glyph: its number for the keys 1–9, or its mark. */
  readonly lead: string;
  readonly marked: boolean;
  readonly glyph: string;
  readonly tone: Tone;
  readonly name: string;
  readonly agent: string;
  /** The branch while all is ordinary, else what is going on. */
  readonly about: string;
  readonly aboutTone: Tone;
  readonly age: string;
}

export interface RowContext {
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
  if (session.phase === 'lost') return {about: word, aboutTone: tone};
  if (session.phase !== 'running') return {about: remark === '' ? word : remark, aboutTone: tone};
  if (remark !== '') return {about: remark, aboutTone: tone};
  return {about: session.workspace.branch ?? '', aboutTone: 'quiet'};
}

export const sessionRow = (session: SessionView, context: RowContext): SessionRowModel => {
  const {glyph, tone} = lookOf(session);
  return {
    id: session.id,
    selected: context.selected,
    marked: context.marked,
    lead: context.marked ? '✓' : context.index < 9 ? String(context.index + 1) : ' ',
    glyph,
    tone,
    name: session.name,
    agent: session.agent,
    ...aboutOf(session, context.pending),
    age: age(sinceOf(session), context.now),
  };
};

/** Widths of a row's columns; 0 where there is no room for one. */
export interface RowColumns {
  readonly name: number;
  readonly agent: number;
  readonly about: number;
  readonly age: number;
}

/** "▌1 ◆ " before the name, and a cell of air at the end. */
const fixed = 6;
const ageWidth = 4;
const longestOf = (rows: readonly SessionRowModel[], field: 'name' | 'agent' | 'about') =>
  rows.reduce((most, row) => Math.max(most, widthOf(row[field])), 0);

/** Name first, then what it is about, then the agent; each as wide as its longest text where that fits. */
export function rowColumns(rows: readonly SessionRowModel[], width: number): RowColumns {
  const room = Math.max(0, width - fixed - ageWidth);
  const wanted = longestOf(rows, 'name');
  const agentWanted = Math.min(10, longestOf(rows, 'agent'));
  const agent = room >= 36 ? agentWanted : 0;
  const left = room - (agent > 0 ? agent + 2 : 0);
  const leastAbout = left >= 24 ? Math.min(9, longestOf(rows, 'about')) : 0;
  const name = Math.max(0, Math.min(wanted, left - 2 - leastAbout));
  return {name, agent, about: Math.max(0, left - name - 2), age: ageWidth};
}
