/** Where the word about a host comes from: its agent's data, the request, the project's file, a person's answer. */
export type RuleSource = 'agent' | 'request' | 'project' | 'session' | 'repo';

export interface Rule {
  /** `api.example.com`, or `.example.com` for everything below it and itself. */
  readonly host: string;
  readonly decision: 'allow' | 'block';
  readonly from: RuleSource;
}

/** A provider's API that is reached by plain HTTP at the relay, where the key is added on this side. */
export interface BrokerRoute {
  /** The first part of the path at the relay: `anthropic`. */
  readonly name: string;
  /** `https://api.anthropic.com`: nothing else is asked. */
  readonly upstream: string;
  /** The header that carries the key, and how: `{key}` stands for it. */
  readonly header: string;
  readonly format: string;
  /** Never told to the session, never logged. */
  readonly key: string;
  /** Beginnings of the paths that may be asked for: `/v1/`. */
  readonly paths: readonly string[];
}

export interface EgressPolicy {
  /** A block beats every allow. */
  readonly rules: readonly Rule[];
  /** What the session shows in place of a key; "" without a broker. */
  readonly token: string;
  readonly routes: readonly BrokerRoute[];
}

/** One destination that a session asked for, with how often and how it went. */
export interface Attempt {
  /** In lower case and without control characters; an IP literal as it was written. */
  readonly host: string;
  readonly port: number;
  readonly outcome: 'allowed' | 'denied' | 'failed';
  /** Why it was denied or failed, in words for a person; "" when it was let through. */
  readonly reason: string;
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** What went through a broker's route. */
export interface RouteCount {
  readonly name: string;
  readonly requests: number;
  readonly failed: number;
}

export interface EgressState {
  /** The newest first; at most 200 destinations. */
  readonly attempts: readonly Attempt[];
  readonly routes: readonly RouteCount[];
}

/** What lets sessions out, one socket each. It goes on while the daemon is away: agents in the middle of an answer lose nothing. */
export interface Egress {
  /**
   * Serves a session by `proxy.sock` in this directory, or changes what one may that is served: an empty token leaves the token and the
   * routes that it has. Resolves once the socket takes connections.
   */
  serve(id: string, directory: string, policy: EgressPolicy): Promise<void>;
  /** Lets the next connection to this host through, within a minute. */
  once(id: string, host: string): Promise<void>;
  /** Closes its connections and its socket. Asking twice is fine. */
  end(id: string): Promise<void>;
  state(id: string): EgressState;
  /** Runs when the state of a session is another. The returned function ends it. */
  onChange(listener: (id: string) => void): () => void;
  /** Lets go of it; sessions that are served stay so. */
  close(): Promise<void>;
}
