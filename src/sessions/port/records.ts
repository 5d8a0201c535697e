/** One operation, by whom, and how it went. */
export interface AuditRow {
  /** Grows with each row. */
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Empty when the operation was about no session. */
  readonly session: string;
  readonly name: string;
  readonly action: string;
  readonly detail: string;
  /** "ok", or the message of the error. */
  readonly result: string;
  /** Of the client. */
  readonly pid: number;
  readonly by: string;
}

export interface LogQuery {
  /** The last lines only. */
  readonly tail?: number;
  /** Only lines from this number on; the first line of a session is 0. */
  readonly from?: number;
  readonly follow: boolean;
}

/** Lines of a log that came together. */
export interface LogPiece {
  readonly lines: readonly string[];
  /** The number of the line that follows them. */
  readonly next: number;
}

export interface AuditQuery {
  /** Also of a session that was removed: its name or id, whole. */
  readonly ref?: string;
  /** The newest rows only. */
  readonly limit?: number;
  /** Milliseconds since the epoch. */
  readonly since?: number;
  /** Only rows behind the one of this id. */
  readonly after?: number;
  /** Go on with each new row. */
  readonly follow?: boolean;
}
