import {AppError} from '../../../errors.ts';
import type {RawName} from '../../../lib/beneath.ts';

/** One piece of what inside/changes.ts tells. `bytes`: the whole frame as it came. */
export type Frame = {readonly bytes: Buffer} & FrameContent;

type FrameContent =
  /** `whole`: all that there is follows, and what is not named is not there. */
  | {readonly kind: 'begin'; readonly whole: boolean}
  | {readonly kind: 'directory'; readonly path: RawName; readonly mode: number}
  | {readonly kind: 'link'; readonly path: RawName; readonly target: Buffer}
  | {
      readonly kind: 'file';
      readonly path: RawName;
      readonly mode: number;
      readonly changedAt: number;
      readonly size: number;
    }
  | {readonly kind: 'content'; readonly content: Buffer}
  | {readonly kind: 'hole'; readonly length: number}
  | {readonly kind: 'filed'}
  | {readonly kind: 'removed'; readonly path: RawName}
  | {readonly kind: 'left'; readonly path: RawName; readonly why: string}
  | {readonly kind: 'alive'}
  /** `kept`: what it has told can be compared with the next time. */
  | {readonly kind: 'end'; readonly kept: boolean};

const headerBytes = 5;
const biggestFrame = 512 * 1024;
const longestPath = 4096;
const longestName = 255;
const deepestPath = 256;
/** Past this a file system says no, in the middle of everything. */
const biggestFile = 2 ** 40;

const whys: Readonly<Record<string, string>> = {
  b: 'it is too big',
  d: 'its path is too long or too deep',
  g: 'it was moved meanwhile',
  k: 'it is neither a file, a directory nor a link',
  m: 'it is on another file system',
  r: 'permission denied',
};

const refuse = (what: string) =>
  new AppError('ENGINE_REFUSED', `What came from inside is no checkpoint: ${what}`, {
    hint: 'Nothing was changed here; something inside may have got in its way. The next checkpoint begins anew.',
  });

/** Names of one path within a root; who sends it may be anybody. */
function checkedPath(bytes: Buffer): RawName {
  const path = bytes.toString('latin1');
  const names = path.split('/');
  if (bytes.byteLength > longestPath || names.length > deepestPath) throw refuse('a path is too long or too deep');
  if (
    path.includes('\0') ||
    names.some(name => name === '' || name === '.' || name === '..' || name.length > longestName)
  )
    throw refuse('a path leads elsewhere');
  return path;
}

function number(payload: Buffer, at: number): number {
  const found = payload.readBigUInt64BE(at);
  if (found > BigInt(biggestFile)) throw refuse('a file is too big');
  return Number(found);
}

function linkOf(payload: Buffer): FrameContent {
  const length = payload.readUInt32BE(0);
  if (length > payload.byteLength - 4) throw refuse('a link without an end');
  const target = payload.subarray(4 + length);
  if (target.byteLength === 0 || target.byteLength >= longestPath || target.includes(0))
    throw refuse('a link to nothing');
  return {kind: 'link', path: checkedPath(payload.subarray(4, 4 + length)), target};
}

const readers: Readonly<Record<string, (payload: Buffer) => FrameContent>> = {
  v: payload => ({kind: 'begin', whole: payload.toString() === 'whole'}),
  d: payload => ({kind: 'directory', mode: payload.readUInt16BE(0), path: checkedPath(payload.subarray(2))}),
  l: linkOf,
  f: payload => ({
    kind: 'file',
    mode: payload.readUInt16BE(0),
    changedAt: payload.readUInt32BE(2),
    size: number(payload, 6),
    path: checkedPath(payload.subarray(14)),
  }),
  c: content => ({kind: 'content', content}),
  h: payload => ({kind: 'hole', length: number(payload, 0)}),
  e: () => ({kind: 'filed'}),
  x: payload => ({kind: 'removed', path: checkedPath(payload)}),
  o: payload => ({
    kind: 'left',
    why: whys[payload.toString('latin1', 0, 1)] ?? 'it could not be read',
    path: checkedPath(payload.subarray(1)),
  }),
  p: () => ({kind: 'alive'}),
  z: payload => ({kind: 'end', kept: payload.toString() === 'kept'}),
};

function read(bytes: Buffer): Frame {
  const reader = readers[bytes.toString('latin1', 0, 1)];
  if (!reader) throw refuse('a piece of no known kind');
  try {
    return {bytes, ...reader(bytes.subarray(headerBytes))};
  } catch (error) {
    if (error instanceof RangeError) throw refuse('a piece is too short');
    throw error;
  }
}

/** Frames in pieces of any length. */
export function createFrameReader(): (piece: Uint8Array) => Iterable<Frame> {
  let held: Buffer = Buffer.alloc(0);
  return function* (piece) {
    held = held.byteLength === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    while (held.byteLength >= headerBytes) {
      const length = held.readUInt32BE(1);
      if (length > biggestFrame) throw refuse('a piece is too big');
      if (held.byteLength < headerBytes + length) return;
      const bytes = held.subarray(0, headerBytes + length);
      held = held.subarray(headerBytes + length);
      yield read(bytes);
    }
  };
}

const ofContent = ['content', 'hole', 'filed'];

/** Whether frames come in an order that makes sense: throws at the first that does not. */
export function createOrder(): (frame: Frame) => void {
  let state: 'before' | 'between' | 'file' | 'after' = 'before';
  let size = 0;
  return frame => {
    if (frame.kind === 'alive' && state !== 'after') return;
    if (state === 'after' || (state === 'before') !== (frame.kind === 'begin'))
      throw refuse('it has no beginning or end');
    if ((state === 'file') !== ofContent.includes(frame.kind)) throw refuse('contents of no file');
    if (frame.kind === 'content') size += frame.content.byteLength;
    if (frame.kind === 'hole') size += frame.length;
    if (size > biggestFile) throw refuse('a file is too big');
    if (frame.kind === 'file') size = 0;
    state = frame.kind === 'file' || (state === 'file' && frame.kind !== 'filed') ? 'file' : 'between';
    if (frame.kind === 'end') state = 'after';
  };
}

const objects = /^(?:modules\/.+?\/)?objects(?:\/|$)/;

/** Of a git, what names objects, not these: it is to be in its place last. */
export function isGitState(path: RawName): boolean {
  const found = /(?:^|\/)\.git\/(.+)$/s.exec(path);
  return found !== null && !objects.test(found[1]!);
}
