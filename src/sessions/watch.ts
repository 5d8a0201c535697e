import type {Changes} from './changes.ts';
import type {Change, EngineState, SessionView} from './port.ts';

/** What there is right now. */
export interface Picture {
  readonly sessions: readonly SessionView[];
  readonly engine: EngineState;
}

/** First the whole picture, then what is different in each later one; nothing while nothing is. */
export async function* watchPictures(
  take: () => Picture,
  changes: Changes,
  signal: AbortSignal,
): AsyncIterable<Change> {
  let seen = new Map<string, string>();
  let seenEngine = '';
  let whole = true;
  for await (const _ of changes.looks(signal)) {
    const {sessions, engine} = take();
    const now = new Map(sessions.map(view => [view.id, JSON.stringify(view)]));
    const engineNow = JSON.stringify(engine);
    const change: Change = {
      whole,
      sessions: sessions.filter(({id}) => now.get(id) !== seen.get(id)),
      removed: [...seen.keys()].filter(id => !now.has(id)),
      ...(engineNow === seenEngine ? {} : {engine}),
    };
    seen = now;
    seenEngine = engineNow;
    if (whole || change.sessions.length > 0 || change.removed.length > 0 || change.engine) yield change;
    whole = false;
  }
}
