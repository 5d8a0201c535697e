import type {IBuffer, Terminal} from '@xterm/headless';
import {type LineOptions, lineOf, sgrOf} from './cells.ts';
import {type Core, coreOf, type InnerBuffer, type Look} from './internals.ts';
import type {ModeTracker} from './modes.ts';

const moveTo = (row: number, column: number) => `\x1b[${row + 1};${column + 1}H`;
const pen = ({fg, bg, extended}: Look) => `\x1b[0m${sgrOf(fg, bg, extended._ext)}`;

/** Opens a link again by its number; 0 closes. */
const linker = (core: Core) => (urlId: number) => {
  const {uri = '', id} = core._oscLinkService.getLinkData(urlId) ?? {};
  if (!/^[\x20-\x7e]{0,2048}$/.test(uri)) return '\x1b]8;;\x1b\\';
  return `\x1b]8;${id && /^[\w.-]{1,64}$/.test(id) ? `id=${id}` : ''};${uri}\x1b\\`;
};

function rows(terminal: Terminal, buffer: IBuffer, link: (urlId: number) => string): string {
  const scratch = buffer.getNullCell();
  const options: LineOptions = {link, exact: true};
  let out = '';
  let wrapped = false;
  for (let row = 0; row < terminal.rows; row++) {
    // A line that wrapped is written on, so that the user's terminal knows it as one line, for copying and its own resizes.
    const goesOn = row + 1 < terminal.rows && buffer.getLine(buffer.baseY + row + 1)?.isWrapped === true;
    const line = lineOf(
      buffer,
      buffer.baseY + row,
      terminal.cols,
      scratch,
      goesOn ? {...options, full: true} : options,
    );
    out += wrapped ? line || ' ' : moveTo(row, 0) + line;
    wrapped = goesOn;
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

/** Where DECRC would bring the cursor, and the pen with it. */
function savedCursor(buffer: InnerBuffer, terminal: Terminal): string {
  const row = Math.min(Math.max(0, buffer.savedY - buffer.ybase), terminal.rows - 1);
  return moveTo(row, Math.min(buffer.savedX, terminal.cols - 1)) + pen(buffer.savedCurAttrData);
}

function cursor(terminal: Terminal, buffer: InnerBuffer, link: (urlId: number) => string): string {
  const {active} = terminal.buffer;
  const top = terminal.modes.originMode ? buffer.scrollTop : 0;
  const start = terminal.modes.originMode ? '\x1b[?6h' : '';
  if (active.cursorX < terminal.cols) return start + moveTo(active.cursorY - top, active.cursorX);
  // A cursor behind the last column wraps with the next character: only writing the last one again brings it there.
  const line = active.getLine(active.baseY + active.cursorY);
  const wide = line?.getCell(terminal.cols - 1)?.getWidth() === 0;
  const column = terminal.cols - (wide ? 2 : 1);
  const cell = line?.getCell(column) as (Look & {getChars(): string}) | undefined;
  if (!cell) return start;
  const urlId = cell.extended.urlId;
  const linked = urlId === 0 ? '' : link(urlId);
  return `${start}${moveTo(active.cursorY - top, column)}${pen(cell)}${linked}${cell.getChars() || ' '}${linked && link(0)}`;
}

/**
 * The exact screen as escape sequences for a real terminal of the same size in its initial state: both buffers where the
 * alternate one is up, modes, scroll region, tab stops, saved cursors, pen, cursor, title.
 */
export function paint(terminal: Terminal, modes: ModeTracker, title: string): string {
  const core = coreOf(terminal);
  const {active, normal} = terminal.buffer;
  const {buffers, coreService, _charsetService: charset, _inputHandler: input} = core;
  const buffer = buffers.active;
  const link = linker(core);
  const clear = '\x1b[0m\x1b[2J';
  let out = `\x1b[?7h${clear}${rows(terminal, normal, link)}${modes.keyboard('normal')}`;
  if (active.type === 'alternate') {
    // 1049 saves the cursor, so it has to stand where the agent's 1049 saved it.
    out += `${savedCursor(buffers.normal, terminal)}\x1b[?1049h${clear}${rows(terminal, active, link)}${modes.keyboard('alternate')}`;
  }
  out += tabStops(buffer.tabs, terminal.cols);
  if (buffer.scrollTop > 0 || buffer.scrollBottom < terminal.rows - 1) {
    out += `\x1b[${buffer.scrollTop + 1};${buffer.scrollBottom + 1}r`;
  }
  out += `${savedCursor(buffer, terminal)}\x1b7`;
  out += cursor(terminal, buffer, link) + pen(input._curAttrData);
  if (input._curAttrData.extended.urlId !== 0) out += link(input._curAttrData.extended.urlId);
  out += modes.restore() + modes.charsets();
  out += ['', '\x0e', '\x1bn', '\x1bo'][charset.glevel] ?? '';
  if (title !== '') out += `\x1b]0;${title}\x07`;
  return out + (coreService.isCursorHidden ? '\x1b[?25l' : '\x1b[?25h');
}
