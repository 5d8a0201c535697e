/** What outlives sessions: a tool's downloads, an agent's home, programs of the user's own. */
export const keptKinds = ['cache', 'home', 'toolpack'] as const;
export type KeptKind = (typeof keptKinds)[number];

export interface KeptInfo {
  readonly kind: KeptKind;
  /** Of a cache its tool; of a home AGENT/NAME. Of a cache also what agents put there: clean it before it is shown. */
  readonly name: string;
  readonly path: string;
  /** On the disk. */
  readonly bytes: number;
  /** Milliseconds since the epoch: when something was last written there; null where nothing is. */
  readonly changedAt: number | null;
  /** Names of the sessions that work with it right now. */
  readonly usedBy: readonly string[];
}

export interface PruneRequest {
  /** Tools' names, and `AGENT/NAME` for homes; empty: every cache, and no home. */
  readonly names: readonly string[];
  /** Only what nobody has written in for so long. */
  readonly unusedMs: number;
}

export interface Pruned {
  readonly removed: readonly KeptInfo[];
  /** What was asked for and stays, with the reason. */
  readonly left: readonly {readonly name: string; readonly why: string}[];
}

export interface KeptPort {
  kept(signal?: AbortSignal): Promise<readonly KeptInfo[]>;
  /** Never what a session that runs works with. Throws KEPT_UNKNOWN for a name that there is not. */
  pruneKept(request: PruneRequest): Promise<Pruned>;
  /** Gives files back to who owns them, lets directories be entered, takes away what killed tools left. In words, what was done. */
  repairKept(): Promise<readonly string[]>;
}
