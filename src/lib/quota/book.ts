/** How a file system counts what directories hold. */
export type Kind = 'subvolumes' | 'projects';

/** Directories by their names below one. */
export interface BoundRequest {
  readonly directory: string;
  /** May hold so much together. */
  readonly together: {readonly names: readonly string[]; readonly bytes: number};
  /** May hold so much each. */
  readonly alone: {readonly names: readonly string[]; readonly bytes: number};
}

/** What is known of a bound, written down before there is anything of it. */
export interface Book {
  readonly kind: Kind;
  readonly bytes: number;
  readonly together: readonly string[];
  readonly alone: readonly string[];
  /** What those together are counted as. */
  readonly group: string;
  /** What the file system calls each of them, as far as they are made: first those together. */
  readonly ids: readonly number[];
}

/** What is held, and what of it is used. */
export interface Bound {
  readonly usedBytes: number;
  readonly mostBytes: number;
}

/** One kind of bounds. */
export interface Way {
  /** Makes the directories, empty; tells of each thing that it makes before it makes it or, where only the file system can name it, behind. */
  set(request: BoundRequest, tell: (found: Pick<Book, 'group' | 'ids'>) => void): Promise<void>;
  /** As the file system says it now; undefined where it holds less than was asked for, or nothing. */
  read(book: Book, directory: string, signal?: AbortSignal): Promise<Bound | undefined>;
  /** Takes away what plain removal does not; answers with the names of what is on its way out. */
  drop(book: Book, directory: string, tell: (ids: readonly number[]) => void): Promise<void>;
  /** Takes back what the file system still knows, when what was in it has gone. */
  end(book: Book, at: string): Promise<void>;
}
