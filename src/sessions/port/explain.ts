import type {Kind, Status, StatusSource} from '../../agents/status/verdict.ts';

/** What the status rules of an agent make of a captured screen. */
export interface Explanation {
  readonly status: Status;
  /** Null where there is no more to say. */
  readonly kind: Exclude<Kind, ''> | null;
  readonly source: StatusSource;
  readonly rule: string;
  readonly detail: string;
}

export interface RecordingStep extends Explanation {
  /** It held from here on: so many bytes of the recording were read. */
  readonly at: number;
}

/** What they make of recorded output. */
export interface RecordingExplanation {
  /** In short: thinking read as working, starting and unknown left out, equal neighbours merged. */
  readonly statuses: readonly Status[];
  /** Each change, as it was found. */
  readonly steps: readonly RecordingStep[];
}
