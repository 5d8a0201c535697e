import {unseen} from './clean-text.ts';
import {createSequences} from './sequences.ts';

/** A longer line is cut into several. */
const longestLine = 64 * 1024;
/** A cursor move goes no further than this behind the text: a few bytes must not become a long line. */
const furthest = 512;

/** Turns terminal output, in any pieces, into lines of plain text. Lines drawn over with CR show what was written last. */
export function createPlainText() {
  let lines: string[] = [];
  let line: string[] = [];
  let column = 0;
  const decoder = new TextDecoder();

  const current = () => line.join('').replace(unseen, '').trimEnd();
  const endLine = () => {
    lines.push(current());
    line = [];
    column = 0;
  };
  /** A program that draws a screen jumps between rows; each stretch it writes is a line. */
  const leaveRow = () => {
    if (line.length > 0) endLine();
    column = 0;
  };
  const put = (char: string) => {
    while (line.length < column) line.push(' ');
    line[column++] = char;
    if (column >= longestLine) endLine();
  };
  const moveTo = (wanted: number) => {
    column = Math.max(0, Math.min(wanted, Math.max(line.length, furthest)));
  };
  const eraseAhead = () => {
    line.length = Math.min(line.length, column);
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
      else if (first === 2) line = [];
    },
    C: first => moveTo(column + (first || 1)),
    D: first => moveTo(column - (first || 1)),
    G: first => moveTo((first || 1) - 1),
    '`': first => moveTo((first || 1) - 1),
    J: first => (first === 0 ? eraseAhead() : leaveRow()),
    ...Object.fromEntries(['A', 'B', 'E', 'F', 'H', 'd', 'f'].map(final => [final, leaveRow])),
  };
  const sequences = createSequences({
    text(bytes) {
      for (const char of decoder.decode(bytes)) {
        const control = Object.hasOwn(controls, char) ? controls[char] : undefined;
        if (control) control();
        else if (char >= ' ' && char !== '\x7f') put(char);
      }
    },
    // IND, NEL, RI and a full reset.
    escape(bytes) {
      if (/^\x1b[DEMc]$/.test(Buffer.from(bytes).toString('latin1'))) leaveRow();
    },
    csi(bytes) {
      const [, first, final = ''] = /^\x1b\[(\d*)[\d;:]*([@-~])$/.exec(Buffer.from(bytes).toString('latin1')) ?? [];
      if (Object.hasOwn(csi, final)) csi[final]?.(Number(first || 0));
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
