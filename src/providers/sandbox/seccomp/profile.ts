import type {Sandbox} from '../profile.ts';
import {allowed} from './allowed.ts';
import {denied} from './denied.ts';
import {linux} from './linux.ts';
import {cloning, personalities, type Rule, ruled} from './ruled.ts';

/** The rules of a sandbox. No two of them speak of the same call with the same arguments: which one came first would decide. */
export function rulesOf({loosened}: Sandbox): readonly Rule[] {
  const is = (one: (typeof loosened)[number]) => loosened.includes(one);
  const open = denied.filter(({unless}) => unless !== undefined && is(unless));
  const shut = denied.filter(group => !open.includes(group));
  return [
    ...[...allowed, ...open].map(({calls}): Rule => ({calls, when: [], give: 'allow'})),
    ...shut.map(({calls}): Rule => ({calls, when: [], give: 'EPERM'})),
    ...ruled,
    ...cloning(is('namespaces')),
    ...personalities(is('debug')),
  ];
}

const conditionJson = (one: Rule['when'][number]) => {
  if ('above' in one) return {index: one.index, value: one.above, valueTwo: 0, op: 'SCMP_CMP_GT'};
  const {index, is, mask} = one;
  return mask === undefined
    ? {index, value: is, valueTwo: 0, op: 'SCMP_CMP_EQ'}
    : {index, value: mask, valueTwo: is, op: 'SCMP_CMP_MASKED_EQ'};
};

const ruleJson = ({calls, when, give, only}: Rule) => ({
  names: calls,
  ...(give === 'allow' ? {action: 'SCMP_ACT_ALLOW'} : {action: 'SCMP_ACT_ERRNO', errnoRet: linux.errno[give]}),
  args: when.map(conditionJson),
  ...(only === undefined ? {} : {includes: {arches: [only]}}),
});

/** The seccomp profile of a sandbox, as Podman and Docker read it. */
export const seccompProfile = (sandbox: Sandbox): string =>
  JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: linux.errno.ENOSYS,
    // Without the 32-bit relatives that the engines' own profiles name here.
    archMap: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'].map(architecture => ({architecture, subArchitectures: []})),
    syscalls: rulesOf(sandbox).map(ruleJson),
  });
