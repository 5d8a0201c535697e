import type {RawName} from '../../lib/beneath.ts';

export type ObjectFormat = 'sha1' | 'sha256';
/** By an id of one of its objects. */
export const formatOf = (id: string): ObjectFormat => (id.length > 40 ? 'sha256' : 'sha1');
export type FileMode = '100644' | '100755' | '120000';

/** A file as git has it: what it is, and the id of its blob in hex. Of a link the blob is its text. */
export interface FileState {
  readonly mode: FileMode;
  readonly id: string;
}

/** One file of a target, before and after. Null: no file. */
export interface FileWrite {
  readonly path: RawName;
  readonly old: FileState | null;
  readonly new: FileState | null;
}

/** A path and the reason in words for a person. */
export interface PathReason {
  readonly path: RawName;
  readonly why: string;
}

/** The bytes of a blob. */
export type ReadBlob = (id: string) => Promise<Uint8Array>;

/** What is about to happen to a file has a name: tests end the process there, or put something in its way. */
export type OnStep = (step: string, path?: RawName) => void;

export const sameState = (one: FileState | null, other: FileState | null): boolean =>
  one?.mode === other?.mode && one?.id === other?.id;

export const isLink = (state: FileState | null): boolean => state?.mode === '120000';

/** The names a path is made of. */
export const partsOf = (path: RawName): readonly RawName[] => path.split('/');

/** The directories a path is in, the outermost first. */
export const directoriesOf = (path: RawName): readonly RawName[] =>
  partsOf(path)
    .slice(0, -1)
    .map((_, index, names) => names.slice(0, index + 1).join('/'));
