import {hostGroups} from './host-groups.ts';
import {hostName} from './host-name.ts';

/** The hosts that a word of a person stands for, or what is wrong with it, in words that go on from it. */
export type RuleHosts = {readonly hosts: readonly string[]} | {readonly problem: string};

/** A host, `.suffix` (`*.suffix` means the same), or the name of a group. */
export function ruleHosts(word: string): RuleHosts {
  const group = Object.hasOwn(hostGroups, word) ? hostGroups[word] : undefined;
  if (group) return {hosts: group};
  const suffix = /^\*?\.(?!\.)/.exec(word);
  const name = hostName(suffix ? word.slice(suffix[0].length) : word);
  if ('problem' in name) return name;
  if (!suffix) {
    if (name.host.includes('.')) return {hosts: [name.host]};
    return {problem: `is neither a host with a domain nor one of ${Object.keys(hostGroups).join(', ')}`};
  }
  // All of .com would be no list at all.
  if (!name.host.includes('.')) return {problem: 'is a whole top-level domain'};
  return {hosts: [`.${name.host}`]};
}
