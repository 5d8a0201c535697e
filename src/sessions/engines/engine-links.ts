import type {Context} from '../context.ts';
import type {SessionRecord} from '../record.ts';
import {type EngineLink, linkEngine} from './engine-link.ts';

/** The engines this process deals with: the configured one, and those of sessions made with another. */
export interface EngineLinks {
  /** Of this provider; left out: the configured one. */
  link(provider?: string): EngineLink;
  /** Resolves when each has been tried once, well or not. */
  readonly tried: Promise<void>;
  /** Links the engines of these sessions, too. */
  linkAlso(records: readonly SessionRecord[]): void;
  /** Its sessions can be asked things, as far as we know. */
  reachable(provider: string): boolean;
}

export function linkEngines(context: Context, signal: AbortSignal): EngineLinks {
  const {registry, store, defaults} = context;
  const links = new Map<string, EngineLink>();
  const link = (name = defaults.provider): EngineLink => {
    const open = () => (name === 'auto' ? registry.auto(signal) : registry.open(name));
    const made = links.get(name) ?? linkEngine(context, name, open, signal);
    links.set(name, made);
    return made;
  };
  const serving = (provider: string) => [...links.values()].filter(one => one.state.provider === provider);
  const main = link();
  const linkAlso = (records: readonly SessionRecord[]) => {
    // Which engine `auto` stands for is known once it was tried.
    if (main.state.state === 'connecting') return;
    for (const {provider} of records) if (serving(provider).length === 0) link(provider);
  };
  const tried = main.tried.then(async () => {
    if (signal.aborted) return;
    linkAlso(store.all());
    await Promise.all([...links.values()].map(one => one.tried));
  });
  // Whoever waits for it hears of it.
  tried.catch(() => {});
  return {
    link,
    tried,
    linkAlso,
    reachable: provider => serving(provider).every(one => one.state.state !== 'unreachable'),
  };
}
