import type {PlacedArea} from '../layout.ts';
import {clip} from './clip.ts';
import type {ScreenWindow} from './pane-window.ts';

const rowsOf = ({height}: PlacedArea) => Array.from({length: height}, (_, row) => row);

/** Says where a row begins and empties it: characters of any width leave nothing behind. */
const emptied = ({left, top, width}: PlacedArea, row: number) => `\x1b[${top + row + 1};${left + 1}H\x1b[${width}X`;

/** Sequences that empty this part of the terminal. */
export const erasedArea = (area: PlacedArea): string =>
  rowsOf(area)
    .map(row => emptied(area, row))
    .join('');

interface Painted {
  /** Sequences for a plain pen and a terminal that does not wrap; they leave the pen plain. */
  readonly text: string;
  /** What each row shows now, to be handed in as `before` at the next painting. */
  readonly rows: readonly string[];
}

/** A window of a session's screen in its place on the terminal; with `before`, only the rows that differ from it. */
export function paintedArea(
  area: PlacedArea,
  {lines, cursor}: ScreenWindow,
  {colors, before}: {readonly colors: boolean; readonly before?: readonly string[] | undefined},
): Painted {
  let text = '';
  const rows = rowsOf(area).map(row => {
    const line = lines[row] ?? '';
    const column = cursor?.row === row ? cursor.column : undefined;
    const shown = column === undefined ? line : `${line}\n${column}`;
    if (before?.[row] === shown) return shown;
    const options = {width: area.width, colors, ...(column === undefined ? {} : {cursor: column})};
    text += emptied(area, row) + clip(line, options);
    return shown;
  });
  return {text, rows};
}
