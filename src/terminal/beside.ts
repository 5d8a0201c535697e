const ESC = 0x1b;
const BEL = 0x07;
const stringKinds = new Set([0x5d, 0x50, 0x5f, 0x5e, 0x58]);
/** Of a sequence that goes on in the next piece: its kind is in its first two bytes, and no CSI is longer. */
const longestHead = 64;

/** Whether the last character of these bytes is cut off. */
function cutCharacter(bytes: Uint8Array): boolean {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return false;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2);
  }
  return false;
}

/** Whether a sequence that begins at `from` has its end in these bytes, which hold no other ESC behind it. */
function ends(bytes: Uint8Array, from: number): boolean {
  const kind = bytes[from + 1];
  if (kind === undefined) return false;
  if (stringKinds.has(kind)) return bytes.indexOf(BEL, from + 2) >= 0;
  const csi = kind === 0x5b;
  for (let at = from + (csi ? 2 : 1); at < bytes.length; at++) if (bytes[at]! >= (csi ? 0x40 : 0x30)) return true;
  return false;
}

/** Follows a safe terminal stream, which comes cut anywhere, and tells whether something else may be written now. */
export function createSeams() {
  /** The beginning of what is not complete. */
  let open: Uint8Array = new Uint8Array(0);
  return {
    /** After these bytes: no sequence and no character is cut in two. */
    passed(piece: Uint8Array): boolean {
      const bytes = open.length > 0 ? Buffer.concat([open, piece]) : piece;
      const from = bytes.lastIndexOf(ESC);
      const within = from >= 0 && !ends(bytes, from);
      const head = within ? bytes.subarray(from, from + longestHead) : undefined;
      const cut = !within && cutCharacter(bytes);
      open = head ? Uint8Array.from(head) : cut ? Uint8Array.from(bytes.slice(-3)) : new Uint8Array(0);
      return !within && !cut;
    },
  };
}

/** Writes beside a stream that somebody else writes: at once where that is whole, else behind its next piece that is. */
export function writerBeside(write: (text: string) => void) {
  const seams = createSeams();
  let whole = true;
  let held = '';
  return {
    /** These bytes of the stream are written. */
    passed(bytes: Uint8Array): void {
      whole = seams.passed(bytes);
      if (!whole || held === '') return;
      write(held);
      held = '';
    },
    write(text: string): void {
      if (whole) write(text);
      else held += text;
    },
  };
}
