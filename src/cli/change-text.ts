import type {FileChange, Refused} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Print} from './print.ts';

const letters: Record<FileChange['kind'], string> = {added: 'A', modified: 'M', deleted: 'D', renamed: 'R', mode: 'M'};

const name = ({path, from}: FileChange): string =>
  from === null ? cleanLine(path) : `${cleanLine(from)} → ${cleanLine(path)}`;

const notes = ({binary, oldMode, newMode}: FileChange): string => {
  const mode = oldMode !== null && newMode !== null && oldMode !== newMode ? ` (mode ${oldMode} → ${newMode})` : '';
  return `${binary ? ' (binary)' : ''}${mode}`;
};

/** One line a file, the numbers in columns, and a line for all of them. */
export function fileLines(files: readonly FileChange[], paint: Print['paint']): readonly string[] {
  if (files.length === 0) return [];
  const columns = files.map(file => ({file, added: `+${file.added}`, removed: `−${file.removed}`}));
  const wide = (of: 'added' | 'removed') => Math.max(...columns.map(row => row[of].length));
  const [left, right] = [wide('added'), wide('removed')];
  return columns.map(({file, added, removed}) => {
    const numbers = `${paint('green', added.padStart(left))} ${paint('red', removed.padStart(right))}`;
    return `${letters[file.kind]}  ${numbers}  ${name(file)}${notes(file)}`;
  });
}

export const countLine = (files: readonly FileChange[]): string => {
  const total = (of: 'added' | 'removed') => files.reduce((sum, file) => sum + file[of], 0);
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}, +${total('added')} −${total('removed')}`;
};

export const reasonLines = (reasons: readonly Refused[]): readonly string[] =>
  reasons.map(({path, why}) => `${cleanLine(path)}: ${cleanLine(why)}`);

const lineStyles: readonly (readonly [RegExp, Parameters<Print['paint']>[0]])[] = [
  [/^(diff |index |---|\+\+\+|new file|deleted file|rename |similarity |old mode|new mode)/, 'bold'],
  [/^@@/, 'cyan'],
  [/^\+/, 'green'],
  [/^-/, 'red'],
];

/** A line of a unified diff in the usual colours. */
export const paintDiffLine = (line: string, paint: Print['paint']): string => {
  const [, style] = lineStyles.find(([pattern]) => pattern.test(line)) ?? [];
  return style ? paint(style, line) : line;
};
