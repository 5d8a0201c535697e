import type {ServiceImpl} from '@connectrpc/connect';
import type {NetworkService} from '../api/gen/trails/v1/network_service_pb.js';
import {decisionWords, networkMessage} from '../api/network-message.ts';
import {AppError} from '../errors.ts';
import type {Handlers} from './handlers.ts';

/** What sessions may reach, as the wire has it. */
export const networkService = ({call, stream}: Handlers): ServiceImpl<typeof NetworkService> => ({
  getNetwork: call(async (port, {session}) => ({network: networkMessage(await port.network(session))})),
  watchNetwork: stream(async function* (port, {session}, signal) {
    for await (const view of port.watchNetwork(session, signal)) yield {network: networkMessage(view)};
  }),
  decide: call(async (port, {session, host, decision}) => {
    const word = decisionWords.word(decision, undefined);
    if (!word) throw new AppError('USAGE', 'A decision is needed: once, session, repo, block or forget');
    return {network: networkMessage(await port.decide(session, {host, decision: word}))};
  }),
  markNetworkSeen: call(async (port, {session}) => {
    await port.networkSeen(session);
    return {};
  }),
});
