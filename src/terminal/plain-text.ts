import {unseen} from './clean-text.ts';
import {createSequences} from './sequences.ts';

/** A longer line is cut into several. */
const longestLine = 64 * 1024;
/** A cursor move goes no further than this behind the text: a few bytes must not become a long line. */
const furthest = 512;

/** Turns terminal output, in any pieces, into lines of plain text. Lines drawn over with CR show what was written last. */
export function createPlainText() {
  let lines: string[] = [];
  let line = '';
  let column = 0;
  const decoder = new TextDecoder();

  // Drawing over may leave half of a character of two units.
  const current = () => line.toWellFormed().replaceAll('\ufffd', '').replace(unseen, '').trimEnd();
  const endLine = () => {
    lines.push(current());
    line = '';
    column = 0;
  };
  /** A program that draws a screen jumps between rows; each stretch it writes is a line. */
  const leaveRow = () => {
    if (line !== '') endLine();
    column = 0;
  };
  const put = (text: string) => {
    for (let at = 0; at < text.length; ) {
      const part = text.slice(at, at + longestLine - column);
      line = `${line.slice(0, column).padEnd(column)}${part}${line.slice(column + part.length)}`;
      column += part.length;
      at += part.length;
      if (column >= longestLine) endLine();
    }
  };
  const moveTo = (wanted: number) => {
    column = Math.max(0, Math.min(wanted, Math.max(line.length, furthest)));
  };
  const eraseAhead = () => {
    line = line.slice(0, column);
  };
  const controls: Readonly<Record<string, () => void>> = {
    '\n': endLine,
    '\r': () => moveTo(0),
    '\b': () => moveTo(column - 1),
    '\t': () => {
      // A tab moves; it does not blank what it passes.
      if (column >= line.length) put('\t');
      else column += 1;
    },
  };
  const csi: Readonly<Record<string, (first: number) => void>> = {
    K: first => {
      if (first === 0) eraseAhead();
      else if (first === 2) line = '';
    },
    C: first => moveTo(column + (first || 1)),
    D: first => moveTo(column - (first || 1)),
    G: first => moveTo((first || 1) - 1),
    '`': first => moveTo((first || 1) - 1),
    J: first => (first === 0 ? eraseAhead() : leaveRow()),
    ...Object.fromEntries(['A', 'B', 'E', 'F', 'H', 'd', 'f'].map(final => [final, leaveRow])),
  };
  const meant = new Set(Object.keys(csi).map(final => final.charCodeAt(0)));
  const sequences = createSequences({
    text(bytes) {
      for (const part of decoder.decode(bytes).split(/([\x00-\x1f\x7f])/)) {
        if (Object.hasOwn(controls, part)) controls[part]?.();
        else if (part !== '' && part >= ' ' && part !== '\x7f') put(part);
      }
    },
    // IND, NEL, RI and a full reset.
    escape(bytes) {
      if (/^\x1b[DEMc]$/.test(Buffer.from(bytes).toString('latin1'))) leaveRow();
    },
    csi(bytes) {
      if (!meant.has(bytes[bytes.length - 1]!)) return;
      const [, first, final = ''] = /^\x1b\[(\d*)[\d;:]*([@-~])$/.exec(Buffer.from(bytes).toString('latin1')) ?? [];
      csi[final]?.(Number(first || 0));
    },
    string() {},
  });
  return {
    /** The lines that are complete by now. */
    feed(bytes: Uint8Array): readonly string[] {
      sequences.feed(bytes);
      const done = lines;
      lines = [];
      return done;
    },
    /** What stands on the unfinished last line. */
    end: current,
  };
}
