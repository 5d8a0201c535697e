import type {Terminal} from '@xterm/headless';
import {coreOf, type InnerLine} from './internals.ts';

/** What a line held when its text was made. */
interface Known {
  /** The line's own cells, as bytes. */
  readonly cells: Buffer;
  readonly copy: Buffer;
  readonly data: Uint32Array;
  readonly text: string;
}

const bytesOf = ({buffer, byteOffset, byteLength}: Uint32Array): Buffer => Buffer.from(buffer, byteOffset, byteLength);

/** Clusters of several characters are kept beside the cells. */
function hasClusters({_combined}: InnerLine): boolean {
  for (const _ in _combined) return true;
  return false;
}

/** A row as plain text, without trailing blanks. Most rows are the same from one look to the next: their text is made once. */
export function createRowTexts(terminal: Terminal): (row: number) => string {
  const core = coreOf(terminal);
  const known = new WeakMap<InnerLine, Known>();
  const textOf = (row: number) =>
    (terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').replace(/ +$/, '');
  return row => {
    const line = core.buffers.active.lines.get(row);
    if (!line) return '';
    if (hasClusters(line)) return textOf(row);
    const before = known.get(line);
    const same = before?.data === line._data;
    if (before && same && before.copy.equals(before.cells)) return before.text;
    const cells = before && same ? before.cells : bytesOf(line._data);
    const text = textOf(row);
    known.set(line, {cells, copy: Buffer.from(cells), data: line._data, text});
    return text;
  };
}
