/** How the diff tab divides its room. */
export interface DiffFrame {
  /** Cells of the list of files; 0: one line about the file in view stands above its hunks instead. */
  readonly list: number;
  readonly hunks: number;
  /** Lines of hunks and of the list. */
  readonly height: number;
}

/** From so many columns on, list and hunks stand beside each other. */
const besideFrom = 100;
const widestList = 56;
/** Between list and hunks. */
export const divider = ' │ ';
/** The summary, and a line that is empty or about the file. */
const head = 2;

export function diffFrame({width, height}: {readonly width: number; readonly height: number}): DiffFrame {
  const list = width >= besideFrom ? Math.min(widestList, Math.round(width / 3)) : 0;
  return {list, hunks: list > 0 ? width - list - divider.length : width, height: Math.max(1, height - head)};
}
