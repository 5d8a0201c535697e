/** What waits is joined into pieces of at most this. */
const pieceBytes = 64 * 1024;

/** Bytes on their way to one reader, who takes them when it is ready. */
export interface ByteQueue {
  /** One reader. Ends behind the last byte; whoever leaves it early gets no more. */
  readonly output: AsyncIterable<Uint8Array>;
  /** How many bytes wait. */
  readonly length: number;
  /** The reader waits, so the next piece goes straight to it. */
  readonly hungry: boolean;
  push(bytes: Uint8Array): void;
  /** Forgets what waits. */
  clear(): void;
  /** What waits is still read. */
  end(): void;
}

/** `onHungry`: the reader asks, and nothing waits for it. `onLeft`: it went away before the end. */
export function createByteQueue({
  onHungry = () => {},
  onLeft = () => {},
}: {
  readonly onHungry?: () => void;
  readonly onLeft?: () => void;
} = {}): ByteQueue {
  let pieces: {readonly bytes: Uint8Array; used: number}[] = [];
  let length = 0;
  let ended = false;
  let reader: ((result: IteratorResult<Uint8Array>) => void) | undefined;

  const clear = () => {
    pieces = [];
    length = 0;
  };
  const end = () => {
    ended = true;
    reader?.({done: true, value: undefined});
    reader = undefined;
  };
  /** A copy: a few waiting bytes must not keep the large buffer alive that they were cut from. */
  const keep = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) {
      let last = pieces.at(-1);
      if (!last || last.used === last.bytes.length) {
        last = {bytes: new Uint8Array(pieceBytes), used: 0};
        pieces.push(last);
      }
      const part = bytes.subarray(at, at + last.bytes.length - last.used);
      last.bytes.set(part, last.used);
      last.used += part.length;
      at += part.length;
    }
    length += bytes.length;
  };
  const take = (): Uint8Array | undefined => {
    const first = pieces.shift();
    if (!first) return undefined;
    length -= first.used;
    return first.bytes.subarray(0, first.used);
  };
  const iterator: AsyncIterator<Uint8Array, undefined> = {
    next() {
      const value = take();
      if (value) return Promise.resolve({value});
      if (ended) return Promise.resolve({done: true, value: undefined});
      return new Promise(resolve => {
        reader = resolve;
        onHungry();
      });
    },
    async return() {
      clear();
      if (!ended) {
        end();
        onLeft();
      }
      return {done: true, value: undefined};
    },
  };
  return {
    output: {[Symbol.asyncIterator]: () => iterator},
    get length() {
      return length;
    },
    get hungry() {
      return reader !== undefined;
    },
    push(bytes) {
      if (ended || bytes.length === 0) return;
      if (!reader) return keep(bytes);
      const waiting = reader;
      reader = undefined;
      waiting({value: bytes});
    },
    clear,
    end,
  };
}
