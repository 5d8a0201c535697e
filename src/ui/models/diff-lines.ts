import type {Refused, WorkspaceChanges} from '../../sessions/port.ts';
import {countSpans, fileLine} from './change-text.ts';
import type {DiffLine, DiffLineKind, FilePatch} from './diff.ts';
import {diffFrame, divider} from './diff-frame.ts';
import {type DiffState, fileInView, patchInView} from './diff-place.ts';
import {type Line, lineWidth, quiet, spread, type Tone} from './line.ts';
import {firstRow} from './list.ts';
import {plural, shorten} from './text.ts';
import {visible} from './visible.ts';

interface Area {
  readonly width: number;
  readonly height: number;
}

/** From so many columns on, both line numbers are shown. */
const bothNumbersFrom = 76;

const looks: Record<DiffLineKind, {readonly sign: string; readonly tone: Tone}> = {
  hunk: {sign: '@', tone: 'accent'},
  added: {sign: '+', tone: 'good'},
  removed: {sign: '-', tone: 'bad'},
  same: {sign: ' ', tone: 'plain'},
  note: {sign: ' ', tone: 'quiet'},
};

const digitsOf = ({lines}: FilePatch): number => {
  const last = lines.findLast(line => line.old !== undefined || line.new !== undefined);
  return String(Math.max(last?.old ?? 0, last?.new ?? 0)).length;
};

function hunkLine(line: DiffLine, width: number, digits: number, current: boolean): Line {
  const {sign, tone} = looks[line.kind];
  if (line.kind === 'note') return [{text: shorten(line.text, width, '›'), tone}];
  const number = (value: number | undefined) => String(value ?? '').padStart(digits);
  if (line.kind === 'hunk') {
    const text = `@@ ${line.old} → ${line.new} ${line.text === '' ? '' : `@@ ${line.text}`}`.trimEnd();
    return [
      {text: current ? '▌' : ' ', tone},
      {text: shorten(text, width - 1, '›'), tone, bold: current},
    ];
  }
  const both = width >= bothNumbersFrom;
  const gutter = both ? `${number(line.old)} ${number(line.new)} ` : `${number(line.new ?? line.old)} `;
  return [quiet(gutter), {text: shorten(sign + line.text, width - gutter.length, '›'), tone}];
}

function hunkLines(diff: DiffState, width: number, height: number): readonly Line[] {
  const patch = patchInView(diff);
  if (!patch) return diff.late ? [[quiet('reading…')]] : [];
  const digits = digitsOf(patch);
  const current = patch.hunks[diff.hunk];
  const top = Math.max(0, Math.min(diff.top, patch.lines.length - height));
  return patch.lines
    .slice(top, top + height)
    .map((line, index) => hunkLine(line, width, digits, top + index === current));
}

export const refusedLine = ({path, why}: Refused, width: number): Line => [
  quiet(shorten(`not looked at: ${visible(path)}: ${visible(why)}`, width)),
];

/** The part of the files around the one in view, and behind them what is not looked at. */
function listLines({files, refused}: WorkspaceChanges, at: number, width: number, height: number): readonly Line[] {
  const first = firstRow(at, files.length + refused.length, height);
  const rows = Math.min(height, files.length + refused.length - first);
  return Array.from({length: Math.max(0, rows)}, (_, row): Line => {
    const index = first + row;
    const file = files[index];
    const other = refused[index - files.length];
    if (!file) return other ? [{text: ' '}, ...refusedLine(other, width - 1)] : [];
    const chosen = index === at;
    return [{text: chosen ? '▌' : ' ', tone: 'accent'}, ...fileLine(file, width - 1, chosen ? {bold: true} : {})];
  });
}

function summaryLine(diff: DiffState, changes: WorkspaceChanges, width: number): Line {
  const {files, refused} = changes;
  const hunks = patchInView(diff)?.hunks.length ?? 0;
  const left: Line = [
    {text: plural(files.length, 'file'), bold: true},
    {text: '  '},
    ...countSpans(changes),
    ...(refused.length > 0 ? [quiet(`  ${refused.length} not looked at`)] : []),
  ];
  const hunk = hunks > 1 ? ` · hunk ${diff.hunk + 1}/${hunks}` : '';
  return spread(left, [quiet(`file ${diff.at + 1}/${files.length}${hunk}`)], width);
}

const padTo = (line: Line, width: number): Line => [...line, {text: ' '.repeat(Math.max(0, width - lineWidth(line)))}];

/** The diff tab: all in one line, then the files beside the hunks of one, or that one's line above its hunks. */
export function diffLines(diff: DiffState, area: Area): readonly Line[] {
  const {changes} = diff;
  const {width} = area;
  if (!changes) return diff.late ? [[quiet('looking…')]] : [];
  const file = fileInView(diff);
  if (!file) {
    const refused = changes.refused.slice(0, Math.max(0, area.height - 2)).map(one => refusedLine(one, width));
    return [[quiet('No changes that are not applied.')], ...(refused.length > 0 ? [[], ...refused] : [])];
  }
  const frame = diffFrame(area);
  const hunks = hunkLines(diff, frame.hunks, frame.height);
  const summary = summaryLine(diff, changes, width);
  if (frame.list === 0) return [summary, fileLine(file, width, {bold: true}), ...hunks].slice(0, area.height);
  const list = listLines(changes, diff.at, frame.list, frame.height);
  const rows = Array.from(
    {length: frame.height},
    (_, row): Line => [...padTo(list[row] ?? [], frame.list), quiet(divider), ...(hunks[row] ?? [])],
  );
  return [summary, [], ...rows].slice(0, area.height);
}
