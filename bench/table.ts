import type {Row, Unit} from './bench.ts';

export interface Measured {
  readonly bench: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly rows: readonly Row[];
}

const digits = (value: number): number => (Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
const figure = (value: number, unit: Unit): string => `${value.toFixed(digits(value))} ${unit}`;
const marks = {true: 'pass', false: 'FAIL'} as const;

const head = ['what', 'n', 'p50', 'p95', 'max', 'beside', 'p50', 'p95', 'ratio', 'target', ''] as const;

function cells({what, unit, ours, beside, target}: Row): readonly string[] {
  const one = ours.count === 1;
  const spread = (value: number) => (one ? '' : figure(value, unit));
  const other = beside?.summary;
  return [
    what,
    String(ours.count),
    figure(ours.p50, unit),
    spread(ours.p95),
    spread(ours.max),
    beside?.name ?? '',
    other ? figure(other.p50, unit) : '',
    other && other.count > 1 ? figure(other.p95, unit) : '',
    other && other.p50 > 0 ? `×${(ours.p50 / other.p50).toFixed(2)}` : '',
    target?.text ?? '',
    target ? marks[`${target.met}`] : '',
  ];
}

/** Left where words stand, right where figures do. */
const wordy = new Set([0, 5, 9, 10]);

/** Every bench under its title, in columns of one width. */
export function table(measured: readonly Measured[]): string {
  const all = [[...head], ...measured.flatMap(({rows}) => rows.map(row => [...cells(row)]))];
  const widths = head.map((_, column) => Math.max(...all.map(row => row[column]!.length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (wordy.has(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const parts = measured.flatMap(({bench, title, notes, rows}) => [
    '',
    `${bench}: ${title}`,
    ...rows.map(row => `  ${line(cells(row))}`),
    ...notes.map(note => `  · ${note}`),
  ]);
  return [`  ${line(head)}`, ...parts, ''].join('\n');
}
