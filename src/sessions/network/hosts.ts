import {decide} from '../../egress/policy/decide.ts';
import {hostGroups} from '../../egress/policy/host-groups.ts';
import {ruleHosts} from '../../egress/policy/rule-hosts.ts';
import {AppError} from '../../errors.ts';
import {nearestWord} from '../../lib/reading/nearest-word.ts';
import type {NetworkRule} from '../port.ts';

const shown = (word: string): string => word.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 80);

/** A word without a dot is meant for a group; `https://host/path` for the host in it. */
function hintFor(word: string): {readonly hint?: string} {
  if (!word.includes('.')) {
    const near = nearestWord(word, Object.keys(hostGroups));
    return near === undefined ? {} : {hint: `Did you mean ${near}?`};
  }
  const host = URL.canParse(word) ? new URL(word).hostname : (/^[^/:]+/.exec(word)?.[0] ?? '');
  return host !== '' && host !== word && 'hosts' in ruleHosts(host) ? {hint: `Give the host alone: ${host}.`} : {};
}

/** A rule's word as it is kept: a group's name, or the host as everything compares it. Throws HOST_INVALID. */
export function ruleWord(given: string): string {
  const word = given.trim().toLowerCase();
  const found = ruleHosts(word);
  if ('problem' in found) throw new AppError('HOST_INVALID', `"${shown(given)}" ${found.problem}`, hintFor(word));
  return Object.hasOwn(hostGroups, word) ? word : (found.hosts[0] ?? word);
}

/** What a word stands for; nothing where a later version has forgotten a group. */
export function hostsOf(word: string): readonly string[] {
  const found = ruleHosts(word);
  return 'hosts' in found ? found.hosts : [];
}

/** What rules say of a host, or of all hosts of a `.suffix`; null when none of them does. */
export function ruledBy(rules: readonly NetworkRule[], host: string): 'allow' | 'block' | null {
  const each = rules.flatMap(({hosts, decision, from}) => hosts.map(one => ({host: one, decision, from})));
  const said = decide(each, host);
  if (said !== 'unknown') return said;
  return each.find(rule => rule.host === host)?.decision ?? null;
}
