export const statuses = ['starting', 'ready', 'thinking', 'working', 'waiting', 'error', 'exited', 'unknown'] as const;
export type Status = (typeof statuses)[number];

/** What it waits for; `retry`: it works, at something that has failed. "" where there is no more to say. */
export const kinds = ['permission', 'question', 'trust', 'mode', 'login', 'key', 'auth', 'retry', ''] as const;
export type Kind = (typeof kinds)[number];

/**
 * What says so: `container` its engine, `osc7501` the agent itself, `hook` its hooks or our plugin, `title` its window's title, `screen`
 * a picture on its screen, `activity` only that it printed or fell silent.
 */
export type StatusSource = 'container' | 'osc7501' | 'hook' | 'title' | 'screen' | 'activity' | 'none';

export interface StatusVerdict {
  readonly status: Status;
  readonly kind: Kind;
  readonly source: StatusSource;
  /** The signal in words a person can check: "OSC 7501 state=blocked", "no output for 8 s". */
  readonly rule: string;
  /** What it waits for or failed of, in the agent's own words, cleaned; "" when it said nothing. */
  readonly detail: string;
  /** Milliseconds since the epoch at which this status began. */
  readonly since: number;
}
