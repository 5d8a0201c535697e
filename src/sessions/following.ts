import {AppError} from '../errors.ts';
import type {Context} from './context.ts';
import type {EngineLinks} from './engines/engine-links.ts';
import type {Rest} from './fleet/rest.ts';
import type {Usher} from './fleet/usher.ts';
import type {Networks} from './network/networks.ts';
import type {Prompts} from './prompts/prompts.ts';
import type {Lives} from './terminals/lives.ts';
import type {Counting} from './work/counting.ts';

/** Keeps engines, terminals, counts, prompts and outlets in step with the store until the signal. */
export function followStore(
  {store, changes}: Context,
  {
    engines,
    lives,
    counting,
    prompts,
    networks,
    usher,
    rest,
  }: {
    readonly engines: EngineLinks;
    readonly lives: Lives;
    readonly counting: Counting;
    readonly prompts: Prompts;
    readonly networks: Networks;
    readonly usher: Usher;
    readonly rest: Rest;
  },
  signal: AbortSignal,
): void {
  let tried = false;
  const look = () => {
    if (signal.aborted) return;
    try {
      const records = store.all();
      engines.linkAlso(records);
      // Those of an engine that is away are opened when it is back.
      lives.follow(records.filter(record => engines.reachable(record.provider) || lives.peek(record.id)));
      counting.follow(records);
      networks.follow(records);
      // What the rows say of a run is true once the engine has been asked.
      if (!tried) return;
      prompts.follow(records);
      usher.follow();
      rest.follow(records);
    } catch (error) {
      // State that cannot be read is told to whoever asks for the list.
      if (!(error instanceof AppError)) throw error;
    }
  };
  let scheduled = false;
  const soon = () => {
    if (scheduled) return;
    scheduled = true;
    // Many changes of one turn are one look.
    setImmediate(() => {
      scheduled = false;
      look();
    });
  };
  const stop = changes.listen(soon);
  engines.tried.then(
    () => {
      tried = true;
      soon();
    },
    () => {},
  );
  signal.addEventListener('abort', stop);
}
