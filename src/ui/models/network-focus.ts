import type {NetworkView} from '../../sessions/port.ts';
import type {State} from '../state.ts';
import {chosenItem, hostOf} from './network-place.ts';

/** What the keys of the network tab are about. */
export interface NetworkFocus {
  readonly network: NetworkView['network'];
  /** Undefined: there is nothing to decide on. */
  readonly chosen:
    | {
        readonly host: string;
        /** One host, not a group or all below one. */
        readonly single: boolean;
        readonly ruled: 'allow' | 'block' | null;
        /** People's own words about it. */
        readonly said: readonly ('allow for session' | 'allow for repo' | 'block')[];
      }
    | undefined;
}

export function networkFocus({
  network: state,
  selected,
}: Pick<State, 'network' | 'selected'>): NetworkFocus | undefined {
  const view = state?.id === selected ? state?.view : undefined;
  if (!state || !view) return undefined;
  const item = chosenItem(state);
  if (!item) return {network: view.network, chosen: undefined};
  const host = hostOf(item);
  const own = view.rules.filter(rule => rule.host === host && (rule.from === 'session' || rule.from === 'repo'));
  return {
    network: view.network,
    chosen: {
      host,
      single: item.kind === 'attempt' || (!host.startsWith('.') && item.rule.hosts[0] === host),
      ruled: item.kind === 'attempt' ? item.attempt.ruled : item.rule.decision,
      said: own.map(({decision, from}) =>
        decision === 'block' ? 'block' : from === 'repo' ? 'allow for repo' : 'allow for session',
      ),
    },
  };
}
