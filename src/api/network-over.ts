import type {NetworkPort} from '../sessions/port.ts';
import type {Line} from './line.ts';
import {decisionWords, networkView} from './network-message.ts';
import {set} from './set.ts';

/** What sessions may reach, over the line. */
export const networkOver = (line: Line): NetworkPort => ({
  network: async session =>
    networkView(set((await line.call(({network}) => network.getNetwork({session}), true)).network, 'a network')),
  async *watchNetwork(session, signal) {
    const views = line.stream(({network}, until) => network.watchNetwork({session}, {signal: until}), signal);
    for await (const {network} of views) yield networkView(set(network, 'a network'));
  },
  async decide(session, {host, decision}) {
    const request = {session, host, decision: decisionWords.wire(decision)};
    // Said twice it is the same, but for one that lets a single connection through.
    const again = decision !== 'once' && decision !== 'forget';
    return networkView(set((await line.call(({network}) => network.decide(request), again)).network, 'a network'));
  },
  async networkSeen(session) {
    await line.call(({network}) => network.markNetworkSeen({session}), true);
  },
});
