import {type Size, sameSize} from '../lib/size.ts';
import type {Emulator} from './emulator.ts';

/** What a mirror needs to know of the screen. */
export type Mirrored = Pick<Emulator, 'size' | 'cursor' | 'title' | 'keys' | 'part'>;

/** A picture of a screen on a terminal of another size. */
export interface Mirror {
  /** What brings the terminal from the last drawn picture to this one; "" when nothing has changed. The first draws everything. */
  draw(screen: Mirrored, size: Size): string;
}

/** Where the window begins: it stays until the cursor leaves it, and then has the cursor in its middle. */
function follow(start: number, cursor: number, room: number, all: number): number {
  const seen = cursor >= start && cursor < start + room;
  const wanted = seen ? start : cursor - (room >> 1);
  return Math.max(0, Math.min(wanted, all - room));
}

const dots = (count: number): string => (count > 0 ? `\x1b[2m${'·'.repeat(count)}\x1b[0m` : '');

/** Draws the agent's screen on a terminal that cannot take its bytes: cut to a window with the cursor in it, dots around it. */
export function createMirror(): Mirror {
  let shown: {readonly size: Size; readonly rows: readonly string[]; readonly rest: string; readonly title: string};
  let fresh = true;
  let left = 0;
  let top = 0;
  return {
    draw(screen, size) {
      const all = screen.size;
      const {column, row, visible} = screen.cursor;
      left = follow(left, column, size.columns, all.columns);
      top = follow(top, row, size.rows, all.rows);
      const part = screen.part({left, top, ...size});
      const beside = all.columns < size.columns ? `\x1b[${all.columns + 1}G${dots(size.columns - all.columns)}` : '';
      const outside = dots(size.columns);
      const rows = Array.from({length: size.rows}, (_, at) => {
        const text = part[at];
        return text === undefined ? outside : text + beside;
      });

      const whole = fresh || !sameSize(shown.size, size);
      let out = whole ? '\x1b[?7l\x1b[0m\x1b[2J' : '';
      for (const [at, text] of rows.entries()) {
        if (whole ? text !== '' : text !== shown.rows[at]) out += `\x1b[${at + 1};1H\x1b[2K${text}`;
      }
      const {title} = screen;
      if (fresh ? title !== '' : title !== shown.title) out += `\x1b]0;${title}\x07`;
      const seen = visible && row >= top && row < top + size.rows && column >= left && column < left + size.columns;
      const cursor = seen ? `\x1b[${row - top + 1};${column - left + 1}H\x1b[?25h` : '';
      const rest = cursor + screen.keys;
      const changed = out !== '' || fresh || rest !== shown.rest;
      shown = {size, rows, rest, title};
      fresh = false;
      return changed ? `\x1b[?2026h\x1b[?25l${out}${screen.keys}${cursor}\x1b[?2026l` : '';
    },
  };
}
