import type {EnvironmentId, Provider} from '../providers/provider.ts';
import {createPlainText} from '../terminal/plain-text.ts';

/** Lines held for a reader that is slower than the agent; older ones are dropped and the gap is told. */
const mostPending = 20_000;

/** A session's output as lines of plain text: the recorded ones (the last `tail` of them), then, with `follow`, each new one. */
export async function* plainLog(
  provider: Provider,
  environment: EnvironmentId,
  options: {readonly tail?: number; readonly follow: boolean},
  signal: AbortSignal,
): AsyncIterable<string> {
  const text = createPlainText();
  let lines: string[] = [];
  let dropped = 0;
  let over = false;
  let wake = () => {};
  const most = Math.min(options.tail ?? mostPending, mostPending);
  let limit = options.tail === undefined ? Number.POSITIVE_INFINITY : most;
  const stream = await provider.openTerminal(environment, {size: {columns: 80, rows: 24}, from: 0, cuts: []});
  const stop = () => {
    over = true;
    wake();
  };
  signal.addEventListener('abort', stop, {once: true});
  stream.onData(bytes => {
    for (const line of text.feed(bytes)) lines.push(line);
    if (lines.length > limit * 2) lines = lines.slice(-limit);
    if (lines.length > mostPending && limit === mostPending) dropped += lines.length - mostPending;
    wake();
  });
  try {
    await Promise.race([stream.caughtUp, stream.closed]);
    if (!options.follow) {
      const rest = text.end();
      if (rest !== '') lines.push(rest);
    }
    yield* lines.splice(0).slice(options.tail === undefined ? 0 : -options.tail || Number.POSITIVE_INFINITY);
    if (!options.follow) return;
    limit = mostPending;
    void stream.closed.then(stop);
    for (;;) {
      if (dropped > 0) yield `… ${dropped} lines left out …`;
      dropped = 0;
      yield* lines.splice(0);
      if (over) return;
      await new Promise<void>(resolve => {
        wake = resolve;
        if (lines.length > 0 || over) resolve();
      });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stream.close();
  }
}
