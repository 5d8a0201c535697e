import type {Changes} from './changes.ts';
import type {AuditQuery, AuditRow} from './port.ts';
import type {Store} from './store.ts';

/** So many rows are read at a time: years of them do not fit into memory twice. */
const pageRows = 500;

/** The rows asked for, from the oldest to the newest; with `follow` each new one until the signal. */
export async function* auditRows(
  {store, changes}: {readonly store: Store; readonly changes: Changes},
  query: Omit<AuditQuery, 'ref'> & {readonly session: string | undefined},
  signal: AbortSignal,
): AsyncIterable<AuditRow> {
  const {session, since, follow = false} = query;
  let {limit} = query;
  let after = query.after ?? 0;
  for await (const _ of changes.looks(signal)) {
    for (;;) {
      const rows =
        limit === undefined
          ? store.auditPage({session, since, after}, pageRows)
          : // At least one is read: whoever wants none of the old ones wants the new ones to begin behind them.
            store.auditTail({session, since, after}, Math.max(1, limit));
      yield* limit === undefined || limit > 0 ? rows : [];
      after = rows.at(-1)?.id ?? after;
      if (limit !== undefined || rows.length < pageRows || signal.aborted) break;
    }
    limit = undefined;
    if (!follow) break;
  }
}
