/** Behind the time stamp stands ` stdout F ` or ` stderr P `: the flag and the content are at fixed distances from its first space. */
const flagAt = 8;
const contentAt = 10;
const FULL = 0x46;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/**
 * Reads conmon's k8s-file log, in any pieces, back into the bytes the terminal printed. A line is
 * `<time> stdout F|P <bytes>`; after F the program printed a newline, after P it did not.
 */
export function createLogParser() {
  let header: number[] = [];
  let inContent = false;
  let full = false;

  return {
    feed(chunk: Buffer): Buffer {
      const out: Buffer[] = [];
      let at = 0;
      while (at < chunk.length) {
        if (!inContent) {
          const space = header.length === 0 ? chunk.indexOf(SPACE, at) : -1;
          if (space >= 0 && space + contentAt <= chunk.length) {
            full = chunk[space + flagAt] === FULL;
            at = space + contentAt;
            inContent = true;
          } else {
            // A header that the piece cuts: byte by byte.
            header.push(chunk[at++]!);
            const first = header.indexOf(SPACE);
            if (first < 0 || header.length < first + contentAt) continue;
            full = header[first + flagAt] === FULL;
            header = [];
            inContent = true;
          }
        }
        const newline = chunk.indexOf(NEWLINE, at);
        if (newline < 0) {
          if (at < chunk.length) out.push(chunk.subarray(at));
          break;
        }
        out.push(chunk.subarray(at, full ? newline + 1 : newline));
        at = newline + 1;
        inContent = false;
      }
      return out.length === 1 ? out[0]! : Buffer.concat(out);
    },
  };
}
