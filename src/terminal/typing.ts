const longestKey = 64;
/** An answer longer than this is none: what follows counts as typed again. */
const longestAnswer = 64 * 1024;
const pasteStart = '\x1b[200~';
const pasteEnd = '\x1b[201~';

/** CSI sequences that a terminal sends without a key: answers to queries, focus, the release of a key. */
const untyped: readonly RegExp[] = [
  /^\x1b\[[?>=][\d;:]*c$/,
  /^\x1b\[\??\d+(;\d+)*n$/,
  /^\x1b\[\??\d+;\d+(;\d+)?R$/,
  /^\x1b\[\??\d+;\d\$y$/,
  /^\x1b\[\?\d+u$/,
  /^\x1b\[\d[\d;]*[tx]$/,
  /^\x1b\[>[\d;]*m$/,
  /^\x1b\[\?[\d;]*S$/,
  /^\x1b\[[IO]$/,
  /^\x1b\[[\d;:]*;\d*:3[u~A-Z]$/,
  /^\x1b\[\d*;\d*;\d*;0;\d*;?\d*_$/,
];
/** OSC, DCS and APC as terminals answer with them; a person's Alt-] has nothing like it behind it. */
const answerStart = /^\x1b(?:\]\d|P[\d>!]|_G)/;

/** In the numbers of mouse reports: a move, or a button let go. */
const isMove = (button: number) => (button & 32) !== 0;
const isRelease = (button: number) => (button & 67) === 3;

function byMouse(sequence: string): boolean | undefined {
  const [, sgr, button, final] = /^\x1b\[(<?)(\d+);\d+;\d+([Mm])$/.exec(sequence) ?? [];
  if (button === undefined) {
    if (!/^\x1b\[M[\s\S]{3}$/.test(sequence)) return undefined;
    const code = sequence.charCodeAt(3) - 32;
    return !isMove(code) && !isRelease(code);
  }
  if (sgr) return final === 'M' && !isMove(Number(button));
  return !isMove(Number(button) - 32) && !isRelease(Number(button) - 32);
}

/** Whether a person did this, be it by key or mouse; told of one whole CSI sequence. */
const typed = (sequence: string): boolean => byMouse(sequence) ?? !untyped.some(one => one.test(sequence));

/** Tells what a person did from what a terminal sends by itself, in input that comes in any pieces. */
export function createTyping() {
  let held = '';
  let pasting = false;
  /** Bytes of an answer that is not over yet. */
  let answer: number | undefined;

  /** The piece at the beginning of `rest`, and whether a person did it; undefined when its rest is still to come. */
  const cut = (rest: string): {readonly length: number; readonly typed: boolean} | undefined => {
    if (rest[0] !== '\x1b') return {length: rest.indexOf('\x1b') < 0 ? rest.length : rest.indexOf('\x1b'), typed: true};
    const [csi] = /^\x1b\[(?:M[\s\S]{3}|(?!M)[0-?]*[ -/]*[@-~])/.exec(rest) ?? [];
    if (csi !== undefined) {
      if (csi === pasteStart) pasting = true;
      return {length: csi.length, typed: typed(csi)};
    }
    if (rest.length < longestKey && /^\x1b\[(?:M[\s\S]{0,2}|[0-?]+[ -/]*)$/.test(rest)) return undefined;
    if (answerStart.test(rest)) {
      answer = 0;
      return {length: 2, typed: false};
    }
    return {length: 1, typed: true};
  };
  /** Up to the end of the answer, or of what is here of it. */
  const skipAnswer = (rest: string, read: number): number | undefined => {
    const [end] = /\x07|\x18|\x1a|\x1b\\/.exec(rest.slice(0, longestAnswer)) ?? [];
    if (end !== undefined) {
      answer = undefined;
      return rest.indexOf(end) + end.length;
    }
    if (rest === '\x1b') return undefined;
    const length = rest.endsWith('\x1b') ? rest.length - 1 : rest.length;
    answer = read + length > longestAnswer ? undefined : read + length;
    return length;
  };
  /** Up to the end of a paste: what stands in it is text, whatever it looks like. */
  const takePaste = (rest: string): number | undefined => {
    const end = rest.indexOf(pasteEnd);
    if (end >= 0) {
      pasting = false;
      return end + pasteEnd.length;
    }
    let tail = pasteEnd.length - 1;
    while (tail > 0 && !rest.endsWith(pasteEnd.slice(0, tail))) tail -= 1;
    return rest.length === tail ? undefined : rest.length - tail;
  };
  return {
    /** What of this, and of what was held back before, a person did. */
    feed(bytes: Uint8Array): Uint8Array {
      const input = held + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
      held = '';
      let out = '';
      for (let at = 0; at < input.length; ) {
        const rest = input.slice(at);
        const inAnswer = answer;
        const inPaste = pasting;
        const piece = inAnswer !== undefined ? skipAnswer(rest, inAnswer) : inPaste ? takePaste(rest) : cut(rest);
        if (piece === undefined) {
          held = rest;
          break;
        }
        const {length, typed} = typeof piece === 'number' ? {length: piece, typed: inPaste} : piece;
        if (typed) out += input.slice(at, at + length);
        at += length;
      }
      return Buffer.from(out, 'latin1');
    },
  };
}
