import type {Snapshot, SnapshotPlaces} from '../shadow/snapshot.ts';
import type {Ignored} from '../tree/ignored.ts';

/** What a thread can be asked for: its question and its answer. */
export interface ThreadCalls {
  /** What is different in a workspace. */
  take: {ask: {readonly places: SnapshotPlaces; readonly from: string | undefined}; answer: Snapshot};
  ignored: {ask: {readonly places: SnapshotPlaces}; answer: readonly Ignored[]};
  /** Everything there is in a directory becomes the base of a workspace. Answers with the commit. */
  makeBase: {ask: {readonly places: SnapshotPlaces; readonly cloned: string | undefined}; answer: string};
}

export type CallName = keyof ThreadCalls;

export interface Asked<Name extends CallName = CallName> {
  readonly id: number;
  readonly name: Name;
  readonly ask: ThreadCalls[Name]['ask'];
}

export type Told =
  | {readonly id: number; readonly kind: 'progress'; readonly progress: unknown}
  | {readonly id: number; readonly kind: 'answer'; readonly answer: unknown}
  | {
      readonly id: number;
      readonly kind: 'error';
      /** Of an AppError; undefined for a bug. */
      readonly code: string | undefined;
      readonly message: string;
      readonly hint: string;
      readonly stack: string;
    };
