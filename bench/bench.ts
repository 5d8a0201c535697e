import type {Summary} from './samples.ts';

export type Unit = 'ms' | 'MB' | 'MB/s' | '%';

/** One measurement of ours and, where there is one, of what it is compared to: both taken in this run, by turns. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly ours: Summary;
  readonly beside?: {readonly name: string; readonly summary: Summary};
  /** As the issue says it, and whether this run met it. Rows without one are for information. */
  readonly target?: {readonly text: string; readonly met: boolean};
}

/** Where a bench takes its turns: it may make what it needs under `home`, which goes away behind it. */
export interface Bench {
  readonly name: string;
  readonly title: string;
  /** What stands behind the figures: rounds, sizes, what is counted. */
  readonly notes: readonly string[];
  measure(say: (progress: string) => void): Promise<readonly Row[]>;
}
