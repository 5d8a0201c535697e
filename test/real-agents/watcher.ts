import {stripVTControlCharacters} from 'node:util';
import type {SessionsPort, Status, StatusVerdict} from '../../src/sessions/port.ts';

/** A moment, in milliseconds since the epoch. */
type At = number;

/** What a person sees of one session, and what Trails says of it, each with its time. */
export interface Watcher {
  screen(): string;
  readonly verdict: StatusVerdict;
  /** All of it in words, for whoever has to find out what went wrong. */
  told(): string;
  /** Every status there was, thinking counted as working, neighbours that are equal merged; without what was said while it started. */
  trail(): readonly Status[];
  /** Waits until the screen shows this; resolves with when it did. */
  shows(what: RegExp, patienceMs?: number): Promise<At>;
  /** Waits until the screen shows this no more; after so long it goes on all the same. */
  lacks(what: RegExp, patienceMs: number): Promise<void>;
  /** Waits until it is one of these statuses. Fails when that is later than a second after `since`. */
  turns(statuses: readonly Status[], since: At, kind?: StatusVerdict['kind']): Promise<StatusVerdict>;
  stop(): void;
}

const lateMs = 1000;

export function watchSession(port: SessionsPort, ref: string): Watcher {
  const leaving = new AbortController();
  const statuses: {readonly at: At; readonly verdict: StatusVerdict}[] = [];
  let rows: readonly string[] = [];
  const listeners = new Set<() => void>();
  const wake = () => {
    for (const listener of [...listeners]) listener();
  };
  const broken: unknown[] = [];
  const follow = (work: () => Promise<void>) =>
    void work().catch(error => {
      if (!leaving.signal.aborted) broken.push(error);
      wake();
    });
  follow(async () => {
    for await (const frame of port.watchScreen(ref, {scrolled: 0, maxFps: 30}, leaving.signal)) {
      rows = frame.lines.map(line => stripVTControlCharacters(line).replaceAll('\u00a0', ' ').trimEnd());
      wake();
    }
  });
  follow(async () => {
    for await (const {sessions} of port.watch(leaving.signal)) {
      const found = sessions.find(one => one.id === ref || one.name === ref);
      if (!found) continue;
      statuses.push({at: Date.now(), verdict: found.status});
      wake();
    }
  });

  const screen = () => rows.join('\n');
  const told = () => {
    const words = statuses.map(
      ({at, verdict}) => `${at} ${verdict.status} ${verdict.kind} [${verdict.source}: ${verdict.rule}]`,
    );
    return `The screen:\n${screen()}\nThe statuses:\n${words.join('\n')}`;
  };
  const until = <T>(wish: string, patienceMs: number, look: () => T | undefined) =>
    new Promise<T>((resolve, reject) => {
      const end = (result: () => void) => {
        clearTimeout(timer);
        listeners.delete(check);
        result();
      };
      const why = () => new Error(`${wish}: not so at ${Date.now()}`);
      const check = () => {
        if (broken.length > 0) return end(() => reject(broken[0]));
        const found = look();
        if (found !== undefined) end(() => resolve(found));
      };
      const timer = setTimeout(() => end(() => reject(why())), patienceMs);
      listeners.add(check);
      check();
    });

  return {
    screen,
    told,
    get verdict() {
      return statuses.at(-1)!.verdict;
    },
    trail() {
      const merged: Status[] = [];
      for (const {verdict} of statuses) {
        const status = verdict.status === 'thinking' ? 'working' : verdict.status;
        if (status !== 'starting' && status !== 'unknown' && merged.at(-1) !== status) merged.push(status);
      }
      return merged;
    },
    shows: (what, patienceMs = 20_000) =>
      until(`the screen shows ${what}`, patienceMs, () => (what.test(screen()) ? Date.now() : undefined)),
    lacks: async (what, patienceMs) => {
      const look = () => (what.test(screen()) ? undefined : true);
      await until(`the screen shows no ${what}`, patienceMs, look).catch(() => {});
    },
    turns: (wanted, since, kind) => {
      const wish = `${wanted.join(' or ')}${kind === undefined ? '' : ` (${kind})`} within a second of ${since}`;
      return until(wish, Math.max(1, since + lateMs - Date.now()), () => {
        const {verdict} = statuses.at(-1) ?? {};
        return verdict && wanted.includes(verdict.status) && (kind === undefined || verdict.kind === kind)
          ? verdict
          : undefined;
      });
    },
    stop: () => leaving.abort(),
  };
}
