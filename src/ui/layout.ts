import type {Size} from '../sessions/port.ts';

interface Area {
  readonly width: number;
  readonly height: number;
}

/** An area and its place on the terminal, in cells counted from 0. */
export interface PlacedArea extends Area {
  readonly left: number;
  readonly top: number;
}

export type Layout =
  | {readonly kind: 'tooSmall'}
  | {
      readonly kind: 'one' | 'two';
      readonly columns: number;
      /** An empty line under the header, where there is room for one. */
      readonly gap: boolean;
      /** Everything between header and notices. */
      readonly body: Area;
      readonly list: Area;
      /** The pane with its frame; in a narrow terminal it has the body to itself. */
      readonly pane: PlacedArea;
    };

export const smallest: Size = {columns: 36, rows: 8};
/** Below this many columns list and pane take turns. */
const twoPanes = 90;

/** Header, notice line and footer take one line each. */
export function layoutOf({columns, rows}: Size): Layout {
  if (columns < smallest.columns || rows < smallest.rows) return {kind: 'tooSmall'};
  const gap = rows >= 16;
  const body = {width: columns, height: rows - 3 - (gap ? 1 : 0)};
  const top = gap ? 2 : 1;
  if (columns < twoPanes) return {kind: 'one', columns, gap, body, list: body, pane: {...body, left: 0, top}};
  const list = {width: Math.min(76, Math.max(36, Math.round(columns * 0.4))), height: body.height};
  const pane = {left: list.width, top, width: columns - list.width, height: body.height};
  return {kind: 'two', columns, gap, body, list, pane};
}

/** The pane's text, inside frame and padding. */
export const insideOf = (pane: PlacedArea): PlacedArea => ({
  left: pane.left + 2,
  top: pane.top + 1,
  width: Math.max(0, pane.width - 4),
  height: Math.max(0, pane.height - 2),
});

/** Whether the pane is on the screen at all. */
export const showsPane = (layout: Layout, paneOpen: boolean): boolean =>
  layout.kind === 'two' || (layout.kind === 'one' && paneOpen);
