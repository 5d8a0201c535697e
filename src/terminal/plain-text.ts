import {createSequences} from './sequences.ts';

/** A longer line is cut into several. */
const longestLine = 64 * 1024;
const unseen = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** Turns terminal output, in any pieces, into lines of plain text. Lines drawn over with CR show what was written last. */
export function createPlainText() {
  let lines: string[] = [];
  let line: string[] = [];
  let column = 0;
  const decoder = new TextDecoder();

  const endLine = () => {
    lines.push(line.join('').replace(unseen, '').trimEnd());
    line = [];
    column = 0;
  };
  const put = (char: string) => {
    while (line.length < column) line.push(' ');
    line[column++] = char;
    if (column >= longestLine) endLine();
  };
  const controls: Readonly<Record<string, () => void>> = {
    '\n': endLine,
    '\r': () => {
      column = 0;
    },
    '\b': () => {
      column = Math.max(0, column - 1);
    },
    '\t': () => {
      // A tab moves; it does not blank what it passes.
      if (column >= line.length) put('\t');
      else column += 1;
    },
  };
  const sequences = createSequences({
    text(bytes) {
      for (const char of decoder.decode(bytes)) {
        const control = Object.hasOwn(controls, char) ? controls[char] : undefined;
        if (control) control();
        else if (char >= ' ' && char !== '\x7f') put(char);
      }
    },
    escape() {},
    csi(bytes) {
      const final = String.fromCharCode(bytes[bytes.length - 1]!);
      const [first = 0] = Buffer.from(bytes.subarray(2, -1)).toString('latin1').split(';').map(Number);
      // Erasing to the end of the line, and the moves within a line that progress bars use.
      if (final === 'K' && first === 0) line.length = Math.min(line.length, column);
      if (final === 'K' && first === 2) line = [];
      if (final === 'G') column = Math.min(Math.max(0, (first || 1) - 1), longestLine - 1);
      if (final === 'C') column = Math.min(column + (first || 1), longestLine - 1);
      if (final === 'D') column = Math.max(0, column - (first || 1));
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
    end: (): string => line.join('').replace(unseen, '').trimEnd(),
  };
}
