import type {MessageInitShape} from '@bufbuild/protobuf';
import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {Decision, NetworkAttempt, NetworkRule, NetworkView, RuleSource} from '../sessions/port.ts';
import {networkWords, vocabulary} from './enums.ts';
import {
  type NetworkAttempt as AttemptMessage,
  HostDecision,
  NetworkAttempt_Outcome,
  NetworkAttempt_Ruled,
  NetworkRule_Source,
  type SessionNetwork,
  type SessionNetworkSchema,
} from './gen/trails/v1/network_service_pb.js';
import {momentOf} from './moment.ts';

export const decisionWords = vocabulary<Decision, HostDecision>({
  once: HostDecision.ONCE,
  session: HostDecision.SESSION,
  repo: HostDecision.REPO,
  block: HostDecision.BLOCK,
  forget: HostDecision.FORGET,
});

const sourceWords = vocabulary<RuleSource, NetworkRule_Source>({
  agent: NetworkRule_Source.AGENT,
  request: NetworkRule_Source.REQUEST,
  project: NetworkRule_Source.PROJECT,
  session: NetworkRule_Source.SESSION,
  repo: NetworkRule_Source.REPO,
});

const outcomeWords = vocabulary<NetworkAttempt['outcome'], NetworkAttempt_Outcome>({
  allowed: NetworkAttempt_Outcome.ALLOWED,
  denied: NetworkAttempt_Outcome.DENIED,
  failed: NetworkAttempt_Outcome.FAILED,
});

const ruledWords = vocabulary<NonNullable<NetworkAttempt['ruled']>, NetworkAttempt_Ruled>({
  allow: NetworkAttempt_Ruled.ALLOW,
  block: NetworkAttempt_Ruled.BLOCK,
});

export const networkMessage = (view: NetworkView): MessageInitShape<typeof SessionNetworkSchema> => ({
  network: networkWords.wire(view.network),
  rules: view.rules.map(({host, hosts, decision, from}) => ({
    ...{host, hosts: [...hosts], block: decision === 'block'},
    from: sourceWords.wire(from),
  })),
  attempts: view.attempts.map(({outcome, count, firstAt, lastAt, ruled, ...rest}) => ({
    ...rest,
    outcome: outcomeWords.wire(outcome),
    count: BigInt(count),
    firstTime: timestampFromMs(firstAt),
    lastTime: timestampFromMs(lastAt),
    ruled: ruled === null ? NetworkAttempt_Ruled.UNSPECIFIED : ruledWords.wire(ruled),
  })),
  routes: view.routes.map(({name, requests, failed}) => ({name, requests: BigInt(requests), failed: BigInt(failed)})),
  problem: view.problem,
});

const attemptOf = ({host, port, outcome, reason, count, ...message}: AttemptMessage): NetworkAttempt => ({
  ...{host, port, reason, count: Number(count)},
  outcome: outcomeWords.word(outcome, 'failed'),
  firstAt: momentOf(message.firstTime),
  lastAt: momentOf(message.lastTime),
  ruled: ruledWords.word(message.ruled, null),
});

export const networkView = (message: SessionNetwork): NetworkView => ({
  network: networkWords.word(message.network, 'none'),
  rules: message.rules.map(
    ({host, hosts, block, from}): NetworkRule => ({
      ...{host, hosts, decision: block ? 'block' : 'allow'},
      from: sourceWords.word(from, 'request'),
    }),
  ),
  attempts: message.attempts.map(attemptOf),
  routes: message.routes.map(({name, requests, failed}) => ({
    ...{name, requests: Number(requests), failed: Number(failed)},
  })),
  problem: message.problem,
});
