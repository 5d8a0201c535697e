const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const esc = 0x1b;
/** Skipping less than this is not worth the look. */
const worthBytes = 64 * 1024;

/** By byte: 1 for what only writes on its line or ends it. C1 controls begin with 0xc2 in UTF-8: looked at by themselves. */
const plain = Uint8Array.from({length: 256}, (_, byte) =>
  byte === 0x09 || byte === lineFeed || byte === carriageReturn || (byte >= 0x20 && byte !== 0x7f && byte !== 0xc2)
    ? 1
    : 0,
);

/** The end of a sequence that only sets the pen, or -1 when this one does more. */
function penEnd(bytes: Uint8Array, start: number): number {
  if (bytes[start + 1] !== 0x5b) return -1;
  let at = start + 2;
  while (bytes[at]! >= 0x30 && bytes[at]! <= 0x3b) at += 1;
  return bytes[at] === 0x6d ? at + 1 : -1;
}

/** How far these bytes are lines of text and colours, and nothing else. */
function plainLength(bytes: Uint8Array): number {
  let at = 0;
  for (;;) {
    while (plain[bytes[at]!] === 1) at += 1;
    const byte = bytes[at];
    if (byte === esc) {
      const end = penEnd(bytes, at);
      if (end === -1) return at;
      at = end;
    } else if (byte === 0xc2 && bytes[at + 1]! >= 0xa0) at += 2;
    else return at;
  }
}

/** The pen as these bytes leave it, in as few of their sequences as say so. */
function penAfter(bytes: Buffer): Uint8Array {
  const from = Math.max(0, bytes.lastIndexOf('\x1b[0m'), bytes.lastIndexOf('\x1b[m'));
  const sequences: Uint8Array[] = [];
  for (let at = bytes.indexOf(esc, from); at !== -1; at = bytes.indexOf(esc, at + 1))
    sequences.push(bytes.subarray(at, penEnd(bytes, at)));
  return Buffer.concat(sequences);
}

/**
 * Of a flood of plain lines only the last ones are seen: what a terminal has to be given, in the place of these bytes, to be the same in the
 * end. Holds for a terminal that is between two sequences, scrolls its whole screen, and keeps `lines` lines, those of the screen included. The bytes
 * begin at the start of a line. Undefined when nothing can be left out.
 */
export function skim(bytes: Buffer, lines: number): {readonly pen: Uint8Array; readonly rest: Buffer} | undefined {
  const end = plainLength(bytes);
  if (end < worthBytes) return undefined;
  let cut = end;
  for (let left = lines; left >= 0; left -= 1) {
    cut = bytes.lastIndexOf(lineFeed, cut - 1);
    if (cut <= 0) return undefined;
  }
  // Elsewhere the next line would not begin in the first column.
  if (cut < worthBytes || bytes[cut - 1] !== carriageReturn) return undefined;
  return {pen: penAfter(bytes.subarray(0, cut + 1)), rest: bytes.subarray(cut + 1)};
}
