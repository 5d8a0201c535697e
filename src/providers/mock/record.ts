/** Kept of one terminal's output; older output of an endless program is forgotten, as a rotated log would be. */
const usualBytes = 32 * 1024 * 1024;

export interface OutputRecord {
  readonly end: number;
  append(bytes: Uint8Array): void;
  /** Everything kept from `from` on, in pieces that straddle none of `cuts`. */
  read(from: number, cuts: readonly number[]): readonly {readonly bytes: Uint8Array; readonly end: number}[];
}

export function createRecord(mostBytes: number = usualBytes): OutputRecord {
  const pieces: Uint8Array[] = [];
  let start = 0;
  let end = 0;
  return {
    get end() {
      return end;
    },
    append(bytes) {
      pieces.push(bytes);
      end += bytes.length;
      while (end - start > mostBytes && pieces.length > 1) start += pieces.shift()?.length ?? 0;
    },
    read(from, cuts) {
      const found: {bytes: Uint8Array; end: number}[] = [];
      let at = start;
      for (const piece of pieces) {
        const stops = [...cuts.filter(cut => cut > at && cut < at + piece.length), at + piece.length];
        let offset = 0;
        for (const stop of stops) {
          const skipped = Math.max(offset, from - at);
          const bytes = piece.subarray(skipped, stop - at);
          if (bytes.length > 0) found.push({bytes, end: stop});
          offset = stop - at;
        }
        at += piece.length;
      }
      return found;
    },
  };
}
