import {stripVTControlCharacters} from 'node:util';
import stringWidth from 'fast-string-width';

const width = (text: string): number => stringWidth(stripVTControlCharacters(text));

const pad = (text: string, to: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return right ? space + text : text + space;
};

/** Cells that are padded to the left: numbers. */
export interface TableOptions {
  readonly right?: readonly number[];
}

/** Rows as aligned lines, two spaces between the columns. Cells may be coloured; the widest of each column sets its width. */
export function table(rows: readonly (readonly string[])[], {right = []}: TableOptions = {}): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(cell));
  }
  return rows.map(row =>
    row
      .map((cell, index) => pad(cell, widths[index] ?? 0, right.includes(index)))
      .join('  ')
      .trimEnd(),
  );
}
