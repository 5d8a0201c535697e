import type {EgressPolicy} from '../../egress/egress.ts';
import type {Context} from '../context.ts';
import {besideBroker} from '../launch/brokering.ts';
import type {NetworkRule} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {hostsOf} from './hosts.ts';
import type {RuleRecord} from './rule-store.ts';

type Named = Pick<SessionRecord, 'id' | 'workspace'>;

/** The rules of one session alone. */
export const ofSession = ({id}: Named) => ({scope: 'session', subject: id}) as const;
/** Those of all that work on the same repository, or on the same directory. */
export const ofRepo = ({workspace}: Named) => ({scope: 'repo', subject: workspace.repo ?? workspace.source}) as const;

const byAgent = (host: string): NetworkRule => ({host, hosts: hostsOf(host), decision: 'allow', from: 'agent'});
const byRequest = (host: string): NetworkRule => ({...byAgent(host), from: 'request'});
const byPerson = ({host, decision, scope}: RuleRecord): NetworkRule => ({
  ...{host, hosts: hostsOf(host), decision},
  from: scope,
});

/** Every rule of a session: what its agent needs, what was asked for, what people said since. Blocks come first. */
export async function rulesFor(context: Context, record: SessionRecord): Promise<readonly NetworkRule[]> {
  const {rules} = context.store;
  const agent = (await context.agents()).orShell(record.agent);
  const all = [
    ...[...rules.of(ofSession(record)), ...rules.of(ofRepo(record))].map(byPerson),
    ...record.allow.map(byRequest),
    ...(record.credentials === 'broker' ? besideBroker(agent) : agent).hosts.map(byAgent),
  ];
  return [...all.filter(({decision}) => decision === 'block'), ...all.filter(({decision}) => decision === 'allow')];
}

/** The same, host by host, for whoever lets it out, with what a start brings for its broker. */
export const policyOf = (
  rules: readonly NetworkRule[],
  {token, routes}: Pick<EgressPolicy, 'token' | 'routes'> = {token: '', routes: []},
): EgressPolicy => ({
  rules: rules.flatMap(({hosts, decision, from}) => hosts.map(host => ({host, decision, from}))),
  token,
  routes,
});
