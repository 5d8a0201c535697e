import type {NetworkPort, NetworkView, SessionView} from '../../src/sessions/port.ts';
import type {Method} from './fake-port.ts';
import {feed} from './feed.ts';

export const noNetwork: NetworkView = {network: 'none', rules: [], attempts: [], routes: [], problem: ''};

/** Networks that a test sets; what is decided is written down and changes nothing. */
export function fakeNetworks(called: (method: Method, detail?: string) => void, find: (ref: string) => SessionView) {
  const views = new Map<string, NetworkView>();
  const changed = feed<string>();
  const viewOf = (ref: string) => {
    const {id, network} = find(ref);
    return views.get(id) ?? {...noNetwork, network};
  };
  const methods: NetworkPort = {
    async network(ref) {
      called('network', ref);
      return viewOf(ref);
    },
    async *watchNetwork(ref, signal) {
      called('watchNetwork', ref);
      const {id} = find(ref);
      const told = changed.read(signal)[Symbol.asyncIterator]();
      let next = told.next();
      yield viewOf(ref);
      for (let one = await next; !one.done; one = await next) {
        next = told.next();
        if (one.value === id) yield viewOf(ref);
      }
    },
    async decide(ref, {host, decision}) {
      called('decide', `${ref} ${host} ${decision}`);
      return viewOf(ref);
    },
    async networkSeen(ref) {
      called('networkSeen', ref);
    },
  };
  return {
    methods,
    setNetwork(id: string, view: NetworkView) {
      views.set(id, view);
      changed.push(id);
    },
  };
}
