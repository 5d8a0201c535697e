import type {TerminalStream} from '../../src/providers/provider.ts';

export interface Piece {
  readonly bytes: Buffer;
  readonly end: number;
}

/** Keeps what a terminal delivered and waits for what a test expects of it. */
export class Reader {
  readonly pieces: Piece[] = [];
  byteCount = 0;
  #waiting: {readonly holds: (reader: Reader) => boolean; readonly done: () => void}[] = [];

  constructor(stream: TerminalStream) {
    stream.onData((bytes, end) => {
      this.pieces.push({bytes: Buffer.from(bytes), end});
      this.byteCount += bytes.length;
      this.#waiting = this.#waiting.filter(one => {
        if (!one.holds(this)) return true;
        one.done();
        return false;
      });
    });
  }

  get bytes(): Buffer {
    return Buffer.concat(this.pieces.map(piece => piece.bytes));
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /** Position behind the last byte delivered. */
  get end(): number {
    return this.pieces.at(-1)?.end ?? 0;
  }

  until(holds: (reader: Reader) => boolean): Promise<void> {
    if (holds(this)) return Promise.resolve();
    return new Promise(done => {
      this.#waiting.push({holds, done});
    });
  }

  shows(text: string): Promise<void> {
    return this.until(reader => reader.text.includes(text));
  }
}

/** The text delivered behind a position. */
export const textFrom = (reader: Reader, position: number): string =>
  Buffer.concat(reader.pieces.filter(piece => piece.end > position).map(piece => piece.bytes)).toString('utf8');

/** Pieces with a cut strictly inside them: there must be none. */
export function straddling(reader: Reader, cuts: readonly number[]): Piece[] {
  let start = 0;
  return reader.pieces.filter(piece => {
    const from = start;
    start = piece.end;
    return cuts.some(cut => from < cut && cut < piece.end);
  });
}
