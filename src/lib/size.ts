/** Of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const sameSize = (a: Size, b: Size): boolean => a.columns === b.columns && a.rows === b.rows;

const within = (value: number, fallback: number, least: number): number =>
  Math.min(Math.max(least, Math.trunc(value) || fallback), 1000);

/** A size that a program can be told: terminals that do not know theirs say 0, and nobody's has a million columns. */
export const usableSize = ({columns, rows}: Size): Size => ({
  columns: within(columns, 80, 2),
  rows: within(rows, 24, 1),
});
