import {type Phase, retries, type SessionView, type Status, verdictWords} from '../../sessions/port.ts';
import type {Tone} from './line.ts';

interface Look {
  readonly glyph: string;
  readonly tone: Tone;
  /** The state in words. */
  readonly word: string;
}

const statusLooks: Record<Status, Look> = {
  waiting: {glyph: '◆', tone: 'waiting', word: 'waits for you'},
  error: {glyph: '✗', tone: 'bad', word: 'error'},
  working: {glyph: '●', tone: 'good', word: 'working'},
  thinking: {glyph: '◐', tone: 'good', word: 'thinking'},
  starting: {glyph: '◌', tone: 'quiet', word: 'starting'},
  ready: {glyph: '○', tone: 'plain', word: 'ready'},
  unknown: {glyph: '·', tone: 'quiet', word: 'unknown'},
  exited: {glyph: '■', tone: 'quiet', word: 'exited'},
};

/** A phase other than running says more than the status of an agent that is not there. */
const phaseLooks: Partial<Record<Phase, Look>> = {
  creating: {glyph: '◌', tone: 'quiet', word: 'creating…'},
  stopping: {glyph: '◌', tone: 'quiet', word: 'stopping…'},
  stopped: {glyph: '■', tone: 'quiet', word: 'stopped'},
  failed: {glyph: '✗', tone: 'bad', word: 'failed'},
  lost: {glyph: '✗', tone: 'bad', word: 'lost'},
};

const sleeping: Look = {glyph: '☾', tone: 'quiet', word: 'asleep'};

const ends: ReadonlySet<Status> = new Set(['ready', 'error', 'exited']);

/** It came to an end or an error, and nobody has looked since. */
export const isUnseen = ({unseen, phase, status}: SessionView): boolean =>
  unseen && (phase === 'failed' || phase === 'stopped' || (phase === 'running' && ends.has(status.status)));

/** Whatever the end is, a dot says that it is news; an error keeps its own. */
export function lookOf(session: SessionView): Look {
  const {phase, status, queued, asleep} = session;
  if (queued !== null) return {glyph: '◇', tone: 'quiet', word: `queued ${queued}`};
  const look = asleep === '' ? (phaseLooks[phase] ?? statusLooks[status.status]) : sleeping;
  if (isUnseen(session) && look.tone !== 'bad') return {...look, glyph: '◉', tone: 'accent'};
  if (phase !== 'running' || asleep !== '') return look;
  if (retries(status)) return {glyph: '↻', tone: 'waiting', word: 'retries'};
  return status.status === 'waiting' ? {...look, word: verdictWords(status)} : look;
}

/** Since when it has been so. */
export const sinceOf = (session: SessionView): number =>
  session.phase === 'running' ? session.status.since : session.phaseSince;

/** What there is to say about it, beyond its look; "" for nothing. */
export const remarkOf = (session: SessionView): string => {
  if (session.queued !== null || session.asleep !== '') return '';
  if (session.phase === 'running') return session.status.detail;
  if (session.phase === 'stopped' && session.exitCode !== null) return `exit ${session.exitCode}`;
  return session.note;
};
