import {createHmac, randomBytes} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {Agent} from '../../agents/agent.ts';
import type {BrokerRoute, EgressPolicy} from '../../egress/egress.ts';
import {AppError} from '../../errors.ts';
import type {Paths} from '../../lib/paths.ts';
import {relayAddress} from '../../providers/provider.ts';
import type {SessionFacts} from '../record.ts';
import type {Values} from './secrets.ts';

/** What a session is given in the place of what it was to be given, and what is added outside of it. */
export interface Brokering {
  readonly given: Values;
  readonly token: EgressPolicy['token'];
  readonly routes: readonly BrokerRoute[];
}

/** The keys of an agent stay outside: in the place of the one that is in use stands the token, and its base URL leads to the relay. */
export function brokered(agent: Agent, values: Values, token: string): Brokering {
  const used = (agent.broker ?? []).filter(({key}) => values[key]);
  const first = used.filter(({baseUrl}, at) => used.findIndex(one => one.baseUrl === baseUrl) === at);
  const kept = Object.entries(values).filter(([name]) => !agent.credentials.includes(name));
  if (first.length === 0) return {given: Object.fromEntries(kept), token: '', routes: []};
  return {
    given: {
      ...Object.fromEntries(kept),
      ...Object.fromEntries(first.map(({key}) => [key, token])),
      ...Object.fromEntries(first.map(({baseUrl, name}) => [baseUrl, `${relayAddress}/${name}`])),
    },
    token,
    routes: first.map(({name, key, baseUrl, upstream, header, format, paths}) => ({
      ...{name, header, format, paths},
      key: values[key] ?? '',
      upstream: values[baseUrl] || upstream,
    })),
  };
}

/** Made once for a home: the tokens of its sessions come from it, and are the same again after each restart. */
function secretOf({state}: Pick<Paths, 'state'>): Buffer {
  const file = path.join(state, 'tokens.key');
  try {
    writeFileSync(file, randomBytes(32), {flag: 'wx', mode: 0o600});
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new AppError('STATE_UNUSABLE', `Could not write ${file}: ${(cause as Error).message}`, {cause});
  }
  return readFileSync(file);
}

/** What a session shows in the place of a key. It is worth something at its own socket only. */
const tokenOf = (paths: Pick<Paths, 'state'>, id: string): string =>
  `sk-trails-${createHmac('sha256', secretOf(paths)).update(id).digest('base64url')}`;

/** What a session's start hands over and what its broker adds, by how its keys reach its model. */
export const brokeringOf = (
  paths: Pick<Paths, 'state'>,
  agent: Agent,
  {id, credentials}: Pick<SessionFacts, 'id' | 'credentials'>,
  values: Values,
): Brokering =>
  credentials === 'broker' ? brokered(agent, values, tokenOf(paths, id)) : {given: values, token: '', routes: []};

/** What of an agent's hosts and base URLs is reached without the broker: where a key is added for it, it could send one of another's. */
export function besideBroker(agent: Agent): Pick<Agent, 'hosts' | 'baseUrls'> {
  const {hosts, baseUrls, broker = []} = agent;
  const asked = broker.map(({upstream}) => new URL(upstream).hostname);
  return {
    hosts: hosts.filter(host => !asked.includes(host)),
    baseUrls: baseUrls.filter(name => !broker.some(({baseUrl}) => baseUrl === name)),
  };
}

/** How the keys of a new session reach its model. Throws UNSUPPORTED where they cannot stay outside and are to. */
export function credentialsFor(
  agent: Agent,
  asked: {readonly asked: SessionFacts['credentials'] | undefined; readonly usual: SessionFacts['credentials']},
  network: SessionFacts['network'],
): SessionFacts['credentials'] {
  const way = asked.asked ?? asked.usual;
  // One without keys has nothing that could stay outside.
  if (way === 'forward' || (asked.asked === undefined && agent.credentials.length === 0)) return 'forward';
  if (!agent.broker)
    throw new AppError('UNSUPPORTED', `The keys of ${agent.title} cannot stay outside of its session`, {
      hint: 'Hand them over: `--credentials forward`.',
    });
  if (agent.share)
    throw new AppError(
      'UNSUPPORTED',
      `The keys of ${agent.title} cannot stay outside: it shares your own files, its logins among them`,
      {
        hint: 'Hand them over: `--credentials forward`.',
      },
    );
  if (network !== 'allowlist')
    throw new AppError('UNSUPPORTED', `With the network "${network}" keys cannot stay outside of a session`, {
      hint: '`--network allowlist` has the way on which they are added; `--credentials forward` hands them over.',
    });
  return way;
}
