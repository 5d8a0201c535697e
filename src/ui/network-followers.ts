import {elapsed} from '../lib/clock.ts';
import {lookMs} from './attention/seen.ts';
import type {Context} from './context.ts';
import type {Follower} from './followers.ts';
import {inView} from './in-view.ts';
import {withView} from './models/network-place.ts';

/** What follows the network tab, and tells when a person has had it before him for a while. */
export function networkFollowers({port, store, clock, fail}: Context): readonly Follower[] {
  const view: Follower = {
    key(state) {
      const session = inView(state, 'info');
      // There only what went through its broker is told.
      return session?.credentials === 'broker' ? session.phase : inView(state, 'network')?.phase;
    },
    async run(id, _state, signal) {
      store.soon(state =>
        state.network?.id === id ? state : {...state, network: {id, view: undefined, chosen: undefined}},
      );
      for await (const told of port.watchNetwork(id, signal)) {
        if (signal.aborted) return;
        store.soon(state => (state.network?.id === id ? {...state, network: withView(state.network, told)} : state));
      }
    },
  };
  const seeing: Follower = {
    key(state) {
      const session = state.overlay.kind === 'none' ? inView(state, 'network') : undefined;
      return session && session.denied > 0 ? `denied ${session.denied}` : undefined;
    },
    async run(id, _state, signal) {
      await elapsed(clock, lookMs, signal);
      if (!signal.aborted) await port.networkSeen(id).catch(fail);
    },
  };
  return [view, seeing];
}
