import {orAborted} from '../../../lib/or-aborted.ts';
import {isAlive} from '../../../lib/worker.ts';
import {askVersion, type Session} from './ask.ts';
import {
  closeSession,
  type Running,
  resumeSession,
  type SessionProcessOptions,
  startSession,
} from './session-process.ts';

/** How often a session is looked at, and how often in a row it may fail to answer. */
const lookMs = 1000;
const askEvery = 5;
const answerMs = 10_000;
const mostSilent = 3;

/** The one session of a home: started at the first use, watched while it runs. */
export interface Sessions {
  /** Throws ENGINE_UNREACHABLE. One that is being started when nobody waits for it any more is ended. */
  open(signal?: AbortSignal): Promise<Session>;
  /** The one there is, also that which an earlier daemon left behind; none is started. Throws ENGINE_UNREACHABLE. */
  resume(signal?: AbortSignal): Promise<Session | undefined>;
  /** The one there is. */
  readonly current: Session | undefined;
  onGone(listener: (reason: string) => void): () => void;
  release(): Promise<void>;
  close(): Promise<void>;
}

interface Opening {
  readonly done: Promise<Running | undefined>;
  readonly stop: AbortController;
  waiting: number;
}

export function createSessions(options: SessionProcessOptions): Sessions {
  const {clock, log} = options;
  const listeners = new Set<(reason: string) => void>();
  let opening: Opening | undefined;
  let running: Running | undefined;
  let unwatch = () => {};

  const gone = async (was: Running, reason: string) => {
    unwatch();
    running = undefined;
    log.warn('the Dagger session is gone', {reason});
    for (const listener of [...listeners]) listener(reason);
    await closeSession(options, was).catch((error: Error) => log.warn(error.message));
  };

  const watch = (being: Running) => {
    let silent = 0;
    let looks = 0;
    let over = false;
    const look = async () => {
      if (being.worker !== undefined && !isAlive(being.worker)) return gone(being, 'the Dagger session process ended');
      looks += 1;
      if (looks % askEvery === 0) {
        const answer = await askVersion(being.session, AbortSignal.timeout(answerMs)).catch(() => undefined);
        silent = answer === undefined ? silent + 1 : 0;
        if (!over && silent >= mostSilent) return gone(being, 'the Dagger engine does not answer any more');
      }
      if (!over) later();
    };
    let cancel = () => {};
    const later = () => {
      cancel = clock.after(lookMs, () => void look());
    };
    unwatch = () => {
      over = true;
      cancel();
    };
    later();
  };

  const begin = (open: (options: SessionProcessOptions, signal: AbortSignal) => Opening['done']): Opening => {
    const stop = new AbortController();
    const done = open(options, stop.signal).then(opened => {
      running = opened;
      if (opened) watch(opened);
      return opened;
    });
    const begun: Opening = {done, stop, waiting: 0};
    const over = () => {
      if (opening === begun) opening = undefined;
    };
    done.then(over, over);
    opening = begun;
    return begun;
  };
  const waitFor = async (mine: Opening, signal?: AbortSignal) => {
    mine.waiting += 1;
    try {
      return await orAborted(mine.done, signal);
    } finally {
      mine.waiting -= 1;
      if (mine.waiting === 0) mine.stop.abort();
    }
  };
  const resume = async (signal?: AbortSignal) => {
    signal?.throwIfAborted();
    return (running ?? (await waitFor(opening ?? begin(resumeSession), signal)))?.session;
  };
  const settled = async () => {
    opening?.stop.abort();
    await opening?.done.catch(() => {});
    unwatch();
  };
  return {
    resume,
    async open(signal) {
      for (;;) {
        const resumed = await resume(signal);
        if (resumed) return resumed;
        const started = await waitFor(opening ?? begin(startSession), signal);
        if (started) return started.session;
      }
    },
    get current() {
      return running?.session;
    },
    onGone(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async release() {
      await settled();
      const was = running;
      running = undefined;
      await closeSession(options, was);
    },
    async close() {
      await settled();
      running = undefined;
      listeners.clear();
    },
  };
}
