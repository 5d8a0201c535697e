import {AppError} from '../../errors.ts';
import {elapsed} from '../../lib/clock.ts';
import type {Provider} from '../../providers/provider.ts';
import {type Context, homeLabel, labels} from '../context.ts';
import type {EngineState} from '../port.ts';
import {observe} from './observe.ts';
import {reconcile} from './reconcile.ts';

const retryMs = {first: 250, most: 5000} as const;
/** An engine that is there and says nothing must not keep everybody from what is recorded. */
const patienceMs = 5000;

export interface EngineLink {
  readonly state: EngineState;
  /** Resolves when the first attempt to reach the engine has ended, well or not, or takes too long. */
  readonly tried: Promise<void>;
  readonly provider: Provider | undefined;
}

/** Keeps the rows of one provider true: reconciles, follows the engine's events, and does so again whenever it comes back. */
export function linkEngine(
  context: Context,
  name: string,
  open: () => Promise<Provider>,
  signal: AbortSignal,
): EngineLink {
  let provider: Provider | undefined;
  let state: EngineState = {provider: name, state: 'connecting', detail: '', hint: ''};
  let settleTried = () => {};
  const tried = new Promise<void>(resolve => {
    settleTried = resolve;
  });
  const become = (next: EngineState) => {
    const same = next.state === state.state && next.detail === state.detail && next.provider === state.provider;
    state = next;
    if (!same) context.changes.tell();
  };
  const ready = (engine: Provider) => become({provider: engine.name, state: 'ready', detail: '', hint: ''});

  /** Until the engine goes away. */
  const followEvents = async (engine: Provider, onReady: () => void) => {
    // Ends the events of this attempt, also when the reconciling fails.
    const attempt = new AbortController();
    const both = AbortSignal.any([signal, attempt.signal]);
    try {
      // Reconcile once the events flow, so that nothing falls between the two.
      const events = engine.watch(homeLabel(context.paths), both)[Symbol.asyncIterator]();
      const pending = events.next();
      pending.catch(() => {});
      await reconcile(context, engine, both);
      ready(engine);
      onReady();
      for (let next = await pending; !next.done; next = await events.next()) {
        // An event may be late and of an earlier run: it only says where to look.
        const id = next.value.labels[labels.session];
        if (id !== undefined) await observe(context, engine, id, both);
      }
    } finally {
      attempt.abort();
    }
  };

  const run = async () => {
    let wait: number = retryMs.first;
    while (!signal.aborted) {
      try {
        provider = await open();
        await followEvents(provider, () => {
          wait = retryMs.first;
          settleTried();
        });
      } catch (error) {
        if (signal.aborted) return;
        const hint = error instanceof AppError ? error.hint : 'Run `trails doctor`.';
        become({provider: provider?.name ?? name, state: 'unreachable', detail: (error as Error).message, hint});
      }
      settleTried();
      await elapsed(context.clock, wait, signal);
      wait = Math.min(wait * 2, retryMs.most);
    }
  };
  const cancelPatience = context.clock.after(patienceMs, settleTried);
  void tried.then(cancelPatience);
  void run().finally(settleTried);
  return {
    get state() {
      return state;
    },
    get provider() {
      return provider;
    },
    tried,
  };
}
