import type {Attempt, RouteCount, RuleSource} from '../../egress/egress.ts';
import type {Network} from '../../providers/provider.ts';

export type {RouteCount, RuleSource} from '../../egress/egress.ts';

/** What a person may say about a host: this one time, for the session, for all sessions of its repository, never, or nothing any more. */
export const decisions = ['once', 'session', 'repo', 'block', 'forget'] as const;
export type Decision = (typeof decisions)[number];

export interface NetworkRule {
  /** As it was given: a host, `.suffix` for everything below it and itself, or a group such as `npm`. */
  readonly host: string;
  /** The hosts of a group; of a host itself, that one. */
  readonly hosts: readonly string[];
  readonly decision: 'allow' | 'block';
  readonly from: RuleSource;
}

/** Where a rule comes from, for a person. */
export const ruleSourceWords: Readonly<Record<RuleSource, string>> = {
  agent: 'its agent needs it',
  request: 'asked for when it was made',
  project: 'asked for by the project',
  session: 'by you, for this session',
  repo: 'by you, for its repository',
};

/**
 * A destination that was asked for, and what the rules say of it now: `null` when no rule does, and it is not let through. One that was
 * denied and has no reason left is let through the next time.
 */
export interface NetworkAttempt extends Attempt {
  readonly ruled: 'allow' | 'block' | null;
}

/** What went through a broker, for a person; "" while nothing did. */
export const routesText = (routes: readonly RouteCount[]): string =>
  routes
    .map(({name, requests, failed}) => {
      const counted = `${requests} ${requests === 1 ? 'request' : 'requests'}`;
      return `${name} ${counted}${failed > 0 ? `, ${failed} failed` : ''}`;
    })
    .join('; ');

/** Whether a rule can speak of what was asked for: of an address none can, however it is written. */
export const canBeAllowed = (host: string): boolean => /\.[a-z][a-z0-9-]*$/.test(host);

/** What a session may reach, and what it tried to. */
export interface NetworkView {
  readonly network: Network;
  /** What holds first comes first: blocks, then what was allowed. */
  readonly rules: readonly NetworkRule[];
  /** The newest first. */
  readonly attempts: readonly NetworkAttempt[];
  /** What went through the broker that adds its keys. */
  readonly routes: readonly RouteCount[];
  /** Why it reaches nothing although it may; "" while all is well. */
  readonly problem: string;
}

/** The part of the port that is about networks. */
export interface NetworkPort {
  network(ref: string): Promise<NetworkView>;
  /** The same, now and soon after each change; a slow reader misses what is between. */
  watchNetwork(ref: string, signal: AbortSignal): AsyncIterable<NetworkView>;
  /**
   * Holds at once, also for what runs. Throws HOST_INVALID, HOST_BLOCKED where a broader block stands above it, RULE_UNKNOWN for what
   * nobody said, and UNSUPPORTED for a session without an allowlist.
   */
  decide(ref: string, answer: {readonly host: string; readonly decision: Decision}): Promise<NetworkView>;
  /** A person has looked at what was denied. */
  networkSeen(ref: string): Promise<void>;
}
