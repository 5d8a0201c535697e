/**
 * Podman's record of a terminal: lines of `<time> stdout F|P <bytes>`, where F stands for a line end that belongs to the
 * output and P for one that does not. Positions are offsets in that file.
 */
export interface Piece {
  readonly bytes: Buffer;
  readonly end: number;
}

const lineEnd = 0x0a;
const space = 0x20;
const full = 0x46;

/** Turns the file, in whatever chunks it is read, into the bytes the terminal got. */
export class K8sLog {
  #rest: Buffer = Buffer.alloc(0);
  /** Offset in the file of the first byte not yet turned into output. */
  #position: number;
  readonly #cuts: number[];

  /** Both at line ends: cuts are where a piece must stop, rising. */
  constructor(from: number, cuts: readonly number[]) {
    this.#position = from;
    this.#cuts = cuts.filter(cut => cut > from);
  }

  get position(): number {
    return this.#position;
  }

  push(chunk: Buffer): Piece[] {
    const data = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const output = Buffer.allocUnsafe(data.length);
    const pieces: Piece[] = [];
    const base = this.#position;
    let filled = 0;
    let begun = 0;
    let at = 0;
    for (let end = data.indexOf(lineEnd); end !== -1; end = data.indexOf(lineEnd, at)) {
      // A cut behind the start of this line must not be crossed by it and what came before.
      if (this.#cuts.length > 0 && this.#cuts[0]! <= base + at) {
        while (this.#cuts.length > 0 && this.#cuts[0]! <= base + at) this.#cuts.shift();
        if (filled > begun) pieces.push({bytes: output.subarray(begun, filled), end: base + at});
        begun = filled;
      }
      filled = appendLine(data, at, end, output, filled);
      at = end + 1;
    }
    if (filled > begun) pieces.push({bytes: output.subarray(begun, filled), end: base + at});
    this.#rest = Buffer.from(data.subarray(at));
    this.#position = base + at;
    return pieces;
  }
}

/** `2026-01-01T00:00:00.000000000+00:00 stdout F `: the form that practically every line has. */
const usual = {stream: 35, tag: 42, length: 45};

/** Where a line's F or P stands, or -1 for a line of another form, which is no output. */
function tagOf(data: Buffer, start: number, end: number): number {
  if (
    start + usual.length <= end &&
    data[start + usual.stream] === space &&
    data[start + usual.tag] === space &&
    data[start + usual.length - 1] === space
  ) {
    return start + usual.tag + 1;
  }
  const stream = data.indexOf(space, start);
  const tag = stream === -1 ? -1 : data.indexOf(space, stream + 1);
  return tag === -1 || tag + 1 >= end ? -1 : tag + 1;
}

/** Copies the output of one line of the file. */
function appendLine(data: Buffer, start: number, end: number, output: Buffer, filled: number): number {
  const tag = tagOf(data, start, end);
  if (tag === -1) return filled;
  const content = Math.min(tag + 2, end);
  let next = filled;
  // A call costs more than a short line.
  if (end - content > 100) next += data.copy(output, filled, content, end);
  else for (let at = content; at < end; at += 1) output[next++] = data[at]!;
  if (data[tag] !== full) return next;
  output[next] = lineEnd;
  return next + 1;
}
