import type {Agent} from '../../agents/agent.ts';
import {ruleHosts} from '../../egress/policy/rule-hosts.ts';
import {AppError} from '../../errors.ts';
import type {CreateRequest} from '../port.ts';
import {ruleWord} from './hosts.ts';

type Asked = Pick<CreateRequest, 'allow' | 'network' | 'here' | 'env'>;

/** Throws HOST_INVALID, and USAGE for hosts beside a network that has no list of them. */
export function checkAllow({allow = [], network = 'allowlist'}: Pick<Asked, 'allow' | 'network'>): void {
  const words = allow.map(ruleWord);
  if (words.length === 0 || network === 'allowlist') return;
  throw new AppError('USAGE', `With the network "${network}" no host can be allowed: ${words.join(', ')}`, {
    hint: 'Leave the network out, or make it an allowlist.',
  });
}

/** The host of a URL that the proxy would let through. */
function hostOfUrl(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.port !== '' || !['http:', 'https:'].includes(url.protocol)) return undefined;
  const found = ruleHosts(url.hostname);
  return 'hosts' in found ? found.hosts[0] : undefined;
}

/** The hosts that a request names, and those at which its variables say that the model is. Throws what checkAllow does. */
export function hostsGiven(request: Asked, agent: Pick<Agent, 'baseUrls'>): readonly string[] {
  checkAllow(request);
  const values = {...request.here, ...request.env};
  const models = agent.baseUrls.flatMap(name => hostOfUrl(values[name] ?? '') ?? []);
  return [...new Set([...(request.allow ?? []).map(ruleWord), ...models])];
}
