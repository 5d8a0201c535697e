import type {FileChange} from '../../sessions/port.ts';
import {notesOf} from './change-text.ts';
import {widthOf} from './text.ts';
import {visible} from './visible.ts';

export type DiffLineKind = 'hunk' | 'added' | 'removed' | 'same' | 'note';

export interface DiffLine {
  readonly kind: DiffLineKind;
  /** Without its sign; nothing in it can do anything on a terminal. */
  readonly text: string;
  /** Line numbers before and after; undefined on a side that has no such line. */
  readonly old: number | undefined;
  readonly new: number | undefined;
}

/** The diff of one file, to be shown. */
export interface FilePatch {
  /** The state of the files it was made of. */
  readonly version: string;
  readonly lines: readonly DiffLine[];
  /** Where each hunk begins among the lines. */
  readonly hunks: readonly number[];
}

export const mostDiffLines = 20_000;
/** Of one line so many characters are looked at: no screen is wider. */
const mostOfLine = 500;
const tabStop = 4;

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)$/;

function withoutTabs(text: string): string {
  if (!text.includes('\t')) return text;
  let out = '';
  let column = 0;
  for (const [index, piece] of text.split('\t').entries()) {
    const gap = index === 0 ? 0 : tabStop - (column % tabStop);
    out += ' '.repeat(gap) + piece;
    column += gap + widthOf(piece);
  }
  return out;
}

/** As much of a line as a screen can show. */
const shown = (text: string): string =>
  visible(withoutTabs(text.slice(0, mostOfLine).toWellFormed()).slice(0, mostOfLine));

const note = (text: string): DiffLine => ({kind: 'note', text, old: undefined, new: undefined});

export const notePatch = (version: string, text: string): FilePatch => ({
  version,
  lines: [note(visible(text))],
  hunks: [],
});

/**
 * Reads the unified diff of one file. The counts of a hunk's head say where it ends: what a line within it looks like does not matter.
 * `cut`: more was to come.
 */
export function parsePatch(text: string, change: FileChange, version: string, cut: boolean): FilePatch {
  const lines: DiffLine[] = notesOf(change).map(note);
  const hunks: number[] = [];
  const left = {old: 0, new: 0};
  const at = {old: 0, new: 0};
  let from = 0;
  while (from < text.length && lines.length < mostDiffLines) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end);
    from = end < 0 ? text.length : end + 1;
    if (line.startsWith('\\')) {
      if (hunks.length > 0) lines.push(note('no line break at the end'));
      continue;
    }
    if (left.old <= 0 && left.new <= 0) {
      const head = hunkHead.exec(line.slice(0, mostOfLine));
      if (!head) continue;
      const [, oldAt, oldCount = '1', newAt, newCount = '1', about = ''] = head;
      Object.assign(at, {old: Number(oldAt), new: Number(newAt)});
      Object.assign(left, {old: Number(oldCount), new: Number(newCount)});
      hunks.push(lines.length);
      lines.push({kind: 'hunk', text: shown(about.trim()), ...at});
      continue;
    }
    const kind = line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : 'same';
    const old = kind === 'added' ? undefined : at.old++;
    const after = kind === 'removed' ? undefined : at.new++;
    if (old !== undefined) left.old--;
    if (after !== undefined) left.new--;
    lines.push({kind, text: shown(line.slice(1)), old, new: after});
  }
  if (cut || from < text.length) lines.push(note('… it goes on: `trails diff` shows all of it'));
  return {version, lines, hunks};
}
