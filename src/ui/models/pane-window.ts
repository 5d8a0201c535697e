import type {ScreenFrame} from '../../sessions/port.ts';

const blank = (line: string): boolean => line.replace(/\x1b\[[\d;:]*m/g, '').trim() === '';

export interface ScreenWindow {
  readonly lines: readonly string[];
  /** In this window; undefined when it is not in view or not to be seen. */
  readonly cursor: {readonly row: number; readonly column: number} | undefined;
}

/**
 * The part of a frame that fits in `height` lines: its end, without the empty lines below, or `scroll` lines above it. The frame
 * itself may already stand above the screen's end.
 */
export function screenWindow(frame: ScreenFrame, height: number, scroll: number): ScreenWindow {
  let end = frame.lines.length;
  const lowest = frame.cursor.visible && frame.scrolled === 0 ? frame.cursor.row + 1 : 0;
  while (end > lowest && blank(frame.lines[end - 1] ?? '')) end--;
  const within = Math.max(0, scroll - frame.scrolled);
  const last = Math.max(Math.min(height, end), end - within);
  const first = Math.max(0, last - height);
  const row = frame.cursor.row - first;
  const inView = frame.cursor.visible && frame.scrolled === 0 && row >= 0 && row < last - first;
  return {
    lines: frame.lines.slice(first, last),
    cursor: inView ? {row, column: frame.cursor.column} : undefined,
  };
}

/** How far up one can go. */
export const mostScroll = (frame: ScreenFrame | undefined, height: number): number =>
  frame ? Math.max(0, frame.scrollback + frame.lines.length - height) : 0;

/** The end of a list of lines, or `scroll` lines above it. */
export function linesWindow<T>(lines: readonly T[], height: number, scroll: number): readonly T[] {
  const last = Math.max(Math.min(height, lines.length), lines.length - scroll);
  return lines.slice(Math.max(0, last - height), last);
}
