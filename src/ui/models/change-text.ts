import type {ChangeCount, ChangeKind, FileChange} from '../../sessions/port.ts';
import {type Line, lineWidth, quiet, type Span, type Tone} from './line.ts';
import {padded, shortenPath, widthOf} from './text.ts';
import {visible} from './visible.ts';

const steps = [
  {from: 1_000_000, unit: 'M'},
  {from: 1000, unit: 'k'},
] as const;

/** A number in at most four characters: 999, 1.2k, 12k, 1.2M. */
export const shortNumber = (count: number): string => {
  const step = steps.find(({from}) => count >= from);
  if (!step) return String(count);
  const value = count / step.from;
  return `${value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)}${step.unit}`;
};

/** Lines that came and went: +12 −3. What is none is not said; nothing at all is an empty line. */
export function countSpans({added, removed}: Pick<ChangeCount, 'added' | 'removed'>): Line {
  const plus: Line = added > 0 ? [{text: `+${shortNumber(added)}`, tone: 'good'}] : [];
  const minus: Line = removed > 0 ? [{text: `−${shortNumber(removed)}`, tone: 'bad'}] : [];
  return plus.length > 0 && minus.length > 0 ? [...plus, {text: ' '}, ...minus] : [...plus, ...minus];
}

const kinds: Record<ChangeKind, {readonly letter: string; readonly tone: Tone}> = {
  added: {letter: 'A', tone: 'good'},
  modified: {letter: 'M', tone: 'accent'},
  deleted: {letter: 'D', tone: 'bad'},
  renamed: {letter: 'R', tone: 'accent'},
  mode: {letter: 'M', tone: 'accent'},
};

const modeWords: Readonly<Record<string, string>> = {
  '100644': 'a file',
  '100755': 'executable',
  '120000': 'a link',
};
const modeWord = (mode: string) => modeWords[mode] ?? visible(mode);

const executable = '100755';

/** What is different besides lines, in one word for a row: an x that came or went, or that it is binary. */
function markOf({binary, oldMode, newMode}: FileChange): readonly Span[] {
  const turned = oldMode !== null && newMode !== null && oldMode !== newMode;
  const mode = !turned ? [] : newMode === executable ? ['+x'] : oldMode === executable ? ['−x'] : ['type'];
  return [...mode, ...(binary ? ['binary'] : [])].map(quiet);
}

/** The same in sentences, above a file's hunks. */
export function notesOf({from, path, binary, oldMode, newMode}: FileChange): readonly string[] {
  const turned = oldMode !== null && newMode !== null && oldMode !== newMode;
  return [
    ...(from === null || from === path ? [] : [`was ${visible(from)}`]),
    ...(turned ? [`${modeWord(oldMode)} → ${modeWord(newMode)}`] : []),
    ...(newMode === '120000' && oldMode === null ? ['a link'] : []),
    ...(binary ? ['binary: not shown'] : []),
  ];
}

/** A file's name within `width` cells; of one that was renamed both, where there is room. */
export function nameOf({path, from}: Pick<FileChange, 'path' | 'from'>, width: number): string {
  const now = visible(path);
  if (from === null || from === path) return shortenPath(now, width);
  const whole = `${visible(from)} → ${now}`;
  if (widthOf(whole) <= width) return whole;
  const half = Math.floor((width - 3) / 2);
  return half < 8 ? shortenPath(now, width) : `${shortenPath(visible(from), half)} → ${shortenPath(now, half)}`;
}

/** One file in `width` cells: its letter, its name, and at the right what came and went. */
export function fileLine(change: FileChange, width: number, options: {readonly bold?: boolean} = {}): Line {
  const {letter, tone} = kinds[change.kind];
  const parts = [...markOf(change).map((span): Line => [span]), countSpans(change)].filter(part => part.length > 0);
  const right = parts.flatMap((part, index): Line => (index === 0 ? part : [{text: ' '}, ...part]));
  const room = Math.max(1, width - 2 - (right.length > 0 ? lineWidth(right) + 1 : 0));
  return [
    {text: `${letter} `, tone, bold: true},
    {text: padded(nameOf(change, room), room), ...(options.bold ? {bold: true} : {})},
    ...(right.length > 0 ? [{text: ' '}, ...right] : []),
  ];
}
