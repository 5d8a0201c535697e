import type {IBuffer, Terminal} from '@xterm/headless';
import {lineOf, sgrOf} from './cells.ts';
import {cleanText} from './clean-text.ts';
import {coreOf} from './internals.ts';
import type {ModeTracker} from './modes.ts';

const moveTo = (row: number, column: number) => `\x1b[${row + 1};${column + 1}H`;

function rows(terminal: Terminal, buffer: IBuffer): string {
  const scratch = buffer.getNullCell();
  const links = coreOf(terminal)._oscLinkService;
  const link = (id: number) => {
    const uri = id === 0 ? '' : (links.getLinkData(id)?.uri ?? '');
    return /^[\x20-\x7e]{0,2048}$/.test(uri) ? `\x1b]8;;${uri}\x1b\\` : '';
  };
  let out = '';
  for (let row = 0; row < terminal.rows; row++) {
    out += moveTo(row, 0) + lineOf(buffer, buffer.baseY + row, terminal.cols, scratch, {link});
  }
  return out;
}

function tabStops(tabs: Readonly<Record<number, boolean>>, columns: number): string {
  const wanted = Object.keys(tabs)
    .map(Number)
    .filter(stop => stop < columns && tabs[stop]);
  const usual = wanted.length === Math.ceil(columns / 8) && wanted.every(stop => stop % 8 === 0);
  return usual ? '' : `\x1b[3g${wanted.map(stop => `${moveTo(0, stop)}\x1bH`).join('')}`;
}

/**
 * The exact screen as escape sequences for a real terminal of the same size in its initial state: both buffers where the
 * alternate one is up, modes, scroll region, tab stops, pen, cursor, title.
 */
export function paint(terminal: Terminal, modes: ModeTracker, title: string): string {
  const core = coreOf(terminal);
  const {active, normal} = terminal.buffer;
  const {buffer} = core;
  const clear = '\x1b[0m\x1b[2J';
  // Wrapping is off while rows are drawn: a full last column must not scroll the picture.
  let out = `\x1b[?7l${clear}${rows(terminal, normal)}`;
  if (active.type === 'alternate') {
    out += `${moveTo(Math.min(normal.cursorY, terminal.rows - 1), normal.cursorX)}\x1b[?1049h${clear}${rows(terminal, active)}`;
  }
  out += tabStops(buffer.tabs, terminal.cols);
  if (buffer.scrollTop > 0 || buffer.scrollBottom < terminal.rows - 1) {
    out += `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`;
  }
  // DECSC keeps what the agent saved, so that its DECRC finds it.
  out += `${moveTo(buffer.savedY, buffer.savedX)}\x1b7`;
  if (terminal.modes.wraparoundMode) out += '\x1b[?7h';
  const full = active.cursorX >= terminal.cols;
  const column = Math.min(active.cursorX, terminal.cols - 1);
  if (full) {
    // A cursor behind the last column wraps with the next character: only writing that column again brings it there.
    const cell = active.getLine(active.baseY + active.cursorY)?.getCell(column, active.getNullCell());
    out += moveTo(active.cursorY, column) + (cell ? sgrOf(cell) + (cell.getChars() || ' ') : '');
  } else if (terminal.modes.originMode) {
    out += `\x1b[?6h${moveTo(active.cursorY - buffer.scrollTop, column)}`;
  } else {
    out += moveTo(active.cursorY, column);
  }
  out += `\x1b[0m${sgrOf(core._inputHandler._curAttrData)}`;
  out += modes.restore();
  if (core._charsetService.glevel === 1) out += '\x0e';
  if (title !== '') out += `\x1b]0;${cleanText(title)}\x07`;
  return out + (core.coreService.isCursorHidden ? '\x1b[?25l' : '\x1b[?25h');
}
