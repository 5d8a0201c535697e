export const statuses = ['starting', 'ready', 'thinking', 'working', 'waiting', 'error', 'exited', 'unknown'] as const;
export type Status = (typeof statuses)[number];

/** What says so: `container` its engine, `osc7501` the agent itself, `activity` only that it printed or fell silent. */
export type StatusSource = 'container' | 'osc7501' | 'activity' | 'none';

export interface StatusVerdict {
  readonly status: Status;
  readonly source: StatusSource;
  /** The signal in words a person can check: "OSC 7501 state=blocked", "no output for 8 s". */
  readonly rule: string;
  /** What it waits for or failed of, in the agent's own words, cleaned; "" when it said nothing. */
  readonly detail: string;
  /** Milliseconds since the epoch at which this status began. */
  readonly since: number;
}
