import type {Decision} from '../../sessions/port.ts';
import type {Context} from '../context.ts';
import {selectedSession} from '../in-view.ts';
import {chosenItem, hostOf, moveNetwork, withView} from '../models/network-place.ts';
import {visible} from '../models/visible.ts';
import type {Change} from '../store.ts';

const told: Record<Decision, (host: string, name: string) => string> = {
  once: (host, name) => `${name}: the next connection to ${host} is let through`,
  session: (host, name) => `${name} may reach ${host}`,
  repo: (host, name) => `${name} and all sessions of its repository may reach ${host}`,
  block: (host, name) => `${name}: ${host} is blocked`,
  forget: (host, name) => `${name}: nothing is said about ${host} any more`,
};

/** Going through what a session tried to reach, and deciding on it. */
export function networkActs({port, store, background, inform}: Context) {
  const moved =
    (by: number): Change =>
    state =>
      state.network ? {...state, network: moveNetwork(state.network, by)} : state;
  const decide = (decision: Decision) => () => {
    const state = store.current();
    const session = selectedSession(state);
    const item = state.network && state.network.id === session?.id ? chosenItem(state.network) : undefined;
    if (!session || !item) return;
    const host = hostOf(item);
    background(async () => {
      const view = await port.decide(session.id, {host, decision});
      store.soon(now => (now.network?.id === session.id ? {...now, network: withView(now.network, view)} : now));
      inform(told[decision](visible(host), session.name));
    });
  };
  return {
    networkDown: () => store.now(moved(1)),
    networkUp: () => store.now(moved(-1)),
    allowOnce: decide('once'),
    allowSession: decide('session'),
    allowRepo: decide('repo'),
    blockHost: decide('block'),
    forgetHost: decide('forget'),
  };
}
