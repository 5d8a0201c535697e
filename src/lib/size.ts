/** Of a terminal, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export const sameSize = (a: Size, b: Size): boolean => a.columns === b.columns && a.rows === b.rows;
