import type {Rule} from '../egress.ts';

/** Whether a rule speaks of a host. Both as `hostName` spells them. */
export const covers = (rule: string, host: string): boolean =>
  rule.startsWith('.') ? host === rule.slice(1) || host.endsWith(rule) : host === rule;

export type Decision = 'allow' | 'block' | 'unknown';

/** Why a host is refused that the rules do not let through. */
export const refusals = {block: 'it is blocked', unknown: 'it is not on the list'} as const;

/** What the rules say of a host: a block beats every allow, and what none of them names is not let through. */
export function decide(rules: readonly Rule[], host: string): Decision {
  const said = rules.filter(rule => covers(rule.host, host));
  if (said.some(({decision}) => decision === 'block')) return 'block';
  return said.length > 0 ? 'allow' : 'unknown';
}
