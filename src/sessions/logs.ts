import type {EnvironmentId, Provider} from '../providers/provider.ts';
import {createPlainText} from '../terminal/plain-text.ts';
import type {LogPiece, LogQuery} from './port.ts';

/** Lines held for a reader that is slower than the agent; older ones are dropped and the gap is told. */
const mostPending = 20_000;

/** The newest lines, for a reader that may be slower. */
function createBacklog() {
  let lines: string[] = [];
  let dropped = 0;
  return {
    get empty() {
      return lines.length === 0;
    },
    /** Keeps at least the newest `most`, at most twice as many: one copy for many lines. */
    push(line: string, most: number) {
      lines.push(line);
      if (lines.length <= most * 2) return;
      dropped += lines.length - most;
      lines = lines.slice(lines.length - most);
    },
    /** The newest `most` of them; the others are dropped, too. */
    take(most: number): {readonly lines: readonly string[]; readonly dropped: number} {
      const excess = Math.max(0, lines.length - most);
      const taken = {lines: lines.slice(excess), dropped: dropped + excess};
      lines = [];
      dropped = 0;
      return taken;
    },
  };
}

/**
 * A session's output as lines of plain text: the recorded ones, then, with `follow`, each new one until the run ends and no other one
 * follows, for which `another` waits.
 */
export async function* plainLog(
  provider: Provider,
  environment: EnvironmentId,
  {tail = Number.POSITIVE_INFINITY, from = 0, follow}: LogQuery,
  signal: AbortSignal,
  another: () => Promise<boolean> = async () => false,
): AsyncIterable<LogPiece> {
  const text = createPlainText();
  const backlog = createBacklog();
  const wanted = Math.max(0, tail);
  // Whoever asks for all of a record gets all of it; later only so much waits for a slow reader.
  let most = wanted;
  let seen = 0;
  let over = false;
  let wake = () => {};
  let position = 0;
  const open = async () => {
    const options = {size: {columns: 80, rows: 24}, from: position, cuts: []};
    const stream = await provider.openTerminal(environment, options);
    stream.onData((bytes, end) => {
      position = end;
      text.feed(bytes).forEach(add);
      wake();
    });
    return stream;
  };
  const stop = () => {
    over = true;
    wake();
  };
  const add = (line: string) => {
    seen += 1;
    if (seen > from) backlog.push(line, most);
  };
  const unfinished = () => {
    const rest = text.end();
    if (rest !== '') add(rest);
  };
  let stream = await open();
  /** Through all runs; the last one's end is the end of the log, and so is a terminal that cannot be had any more. */
  const untilLast = async () => {
    for (;;) {
      await stream.closed;
      if (signal.aborted || !(await another())) return;
      stream = await open();
      if (signal.aborted) stream.close();
    }
  };
  signal.addEventListener('abort', stop, {once: true});
  try {
    await Promise.race([stream.caughtUp, stream.closed]);
    if (!follow) unfinished();
    const {lines} = backlog.take(wanted);
    if (lines.length > 0) yield {lines, next: seen};
    if (!follow) return;
    most = mostPending;
    const last = () => {
      if (signal.aborted) return;
      unfinished();
      stop();
    };
    void untilLast().then(last, last);
    while (!signal.aborted) {
      const {lines, dropped} = backlog.take(mostPending);
      const gap = dropped > 0 ? [`… ${dropped} lines left out …`] : [];
      if (lines.length > 0) yield {lines: [...gap, ...lines], next: seen};
      if (over && backlog.empty) return;
      if (backlog.empty)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', stop);
    stream.close();
  }
}
