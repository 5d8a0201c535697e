import {type Size, usableSize} from '../../../lib/size.ts';

/** What goes over a channel to the keeper: 4 bytes length, 1 byte kind, the rest. Lengths count what follows them. */
export const kinds = {
  // To the keeper, of a run:
  follow: 1,
  spawn: 2,
  input: 3,
  resize: 4,
  signal: 5,
  ack: 6,
  stats: 7,
  end: 8,
  // To the keeper, of a further process:
  exec: 16,
  stdin: 17,
  stdinEnd: 18,
  kill: 19,
  // From the keeper:
  hello: 32,
  output: 33,
  state: 34,
  reply: 35,
  refused: 36,
  taken: 37,
  notice: 38,
  stdout: 48,
  stderr: 49,
  exit: 50,
} as const;

export type Kind = keyof typeof kinds;

/** What one end may send before the other one told that it has taken it: so no frame ever waits behind bytes that nobody reads. */
export const windowBytes = 256 * 1024;

/** Of a frame to the keeper: arguments and variables are the largest, and Linux takes 2 MB of them. */
export const mostToKeeper = 4 * 1024 * 1024;
/** Of a frame from there, where somebody hostile may be. */
const mostFromKeeper = 128 * 1024;

const header = 5;

export function frame(kind: Kind, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const bytes = parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part));
  const length = bytes.reduce((sum, part) => sum + part.length, 1);
  const start = Buffer.alloc(header);
  start.writeUInt32BE(length);
  start.writeUInt8(kinds[kind], 4);
  return Buffer.concat([start, ...bytes]);
}

export const number16 = (value: number): Buffer => Buffer.from([value >> 8, value & 0xff]);
export function number32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
export function number64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Texts one behind the other, each behind its length. */
export const texts = (all: readonly string[]): Buffer =>
  Buffer.concat(all.flatMap(text => [number32(Buffer.byteLength(text)), Buffer.from(text)]));

/** Of a terminal; none where there is none. */
export const sizeBytes = (size?: Size): Buffer => {
  const {columns, rows} = size ? usableSize(size) : {columns: 0, rows: 0};
  return Buffer.concat([number16(columns), number16(rows)]);
};

/** What is to run, where, as whom and with what: over the connection alone, and on no command line but its own. */
export function commandTexts(command: {
  readonly argv: readonly string[];
  readonly where: string;
  readonly user: 'agent' | 'root';
  readonly env: Readonly<Record<string, string>>;
}): Buffer {
  const {argv, where, user, env} = command;
  // A name that is no name would end the command before it begins.
  const variables = Object.entries(env).filter(([name]) => name !== '' && !name.includes('='));
  return texts([where, user, String(argv.length), ...argv, ...variables.flat()]);
}

/** The other end broke the rules: nothing more of it is believed. */
export class BadFrame extends Error {}

/** A count of bytes that somebody hostile may have made up. */
export function position64(payload: Buffer, at: number): number {
  if (payload.length < at + 8) throw new BadFrame('a position is cut off');
  const value = payload.readBigUInt64BE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new BadFrame('a position is beyond all bounds');
  return Number(value);
}

const nameOf = new Map<number, Kind>(Object.entries(kinds).map(([name, kind]) => [kind, name as Kind]));

/** Takes apart what the keeper sends. Throws BadFrame, and takes no more then. */
export function createFrames(onFrame: (kind: Kind, payload: Buffer) => void): (bytes: Uint8Array) => void {
  let rest: Buffer = Buffer.alloc(0);
  return bytes => {
    rest = rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([rest, bytes]);
    let at = 0;
    while (rest.length - at >= header) {
      const length = rest.readUInt32BE(at);
      if (length < 1 || length > mostFromKeeper) throw new BadFrame(`a frame of ${length} bytes`);
      if (rest.length - at < 4 + length) break;
      const kind = nameOf.get(rest.readUInt8(at + 4));
      if (!kind || kinds[kind] < kinds.hello) throw new BadFrame('a frame of no known kind');
      const payload = rest.subarray(at + header, at + 4 + length);
      at += 4 + length;
      onFrame(kind, payload);
    }
    rest = rest.subarray(at);
  };
}
