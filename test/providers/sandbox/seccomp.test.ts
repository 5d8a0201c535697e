import {expect, test} from 'vitest';
import {type Loosening, loosenings, sandboxOf} from '../../../src/providers/sandbox/profile.ts';
import {denied} from '../../../src/providers/sandbox/seccomp/denied.ts';
import {rulesOf, seccompProfile} from '../../../src/providers/sandbox/seccomp/profile.ts';

const sets = Array.from({length: 2 ** loosenings.length}, (_, bits) =>
  loosenings.filter((_, index) => (bits >> index) % 2 === 1),
);

/** Calls that are let through with any arguments. */
const open = (loosened: readonly Loosening[]) =>
  rulesOf(sandboxOf('strict', loosened)).flatMap(({calls, when, give}) =>
    give === 'allow' && when.length === 0 ? calls : [],
  );

test.each(
  sets.map(set => [set.join(' ') || 'nothing', set] as const),
)('with %s loosened, a call has one rule for all its arguments, or rules for some of them, never both', (_, set) => {
  const rules = rulesOf(sandboxOf('strict', set));
  const whole = rules.filter(({when}) => when.length === 0).flatMap(({calls}) => calls);
  expect(whole.filter((name, index) => whole.indexOf(name) !== index)).toEqual([]);
  const parts = new Set(rules.filter(({when}) => when.length > 0).flatMap(({calls}) => calls));
  expect(whole.filter(name => parts.has(name))).toEqual([]);
  // A library for these rules takes one condition for an argument.
  for (const {when} of rules) expect(new Set(when.map(({index}) => index)).size).toBe(when.length);
});

test.each(['debug', 'namespaces'] as const)('%s lets through exactly the calls that are refused for its sake', one => {
  const more = open([one]).filter(name => !open([]).includes(name));
  const named = denied.filter(({unless}) => unless === one).flatMap(({calls}) => calls);
  const further = {debug: ['personality'], namespaces: ['clone', 'clone3']}[one];
  expect(more.sort()).toEqual([...named, ...further].sort());
});

test('what else is loosened changes no call', () => {
  expect(seccompProfile(sandboxOf('strict', ['tmp-exec', 'writable-root']))).toBe(seccompProfile(sandboxOf('strict')));
});

test('of the requests of a file a sandbox has all but those by which it would leave a bound of the disk', () => {
  const rules = rulesOf(sandboxOf('strict')).filter(({calls}) => calls.includes('ioctl'));
  const given = (request: number) =>
    rules
      .filter(({when}) => when.every(one => 'is' in one && (request & (one.mask ?? -1)) >>> 0 === one.is))
      .map(({give}) => give);
  const refused = [0x9401, 0x940e, 0x9417, 0x9418, 0x6602, 0x5820];
  const ofBtrfs = (half: number) => half >> 8 === 0x94;
  const copies = [0x9409, 0x940d, 0x9436];
  for (let half = 0; half < 0x1_0000; half++) {
    const usual = ofBtrfs(half) && !copies.includes(half) ? [] : ['allow'];
    const expected = refused.includes(half) ? ['EPERM'] : usual;
    if (given(0x4018_0000 + half).join() !== expected.join())
      expect(given(0x4018_0000 + half), half.toString(16)).toEqual(expected);
  }
});

test('relatives of 32 bits are not let in', () => {
  const {archMap, defaultAction, defaultErrnoRet} = JSON.parse(seccompProfile(sandboxOf('relaxed')));
  expect(archMap.every((one: {subArchitectures: unknown[]}) => one.subArchitectures.length === 0)).toBe(true);
  expect({defaultAction, defaultErrnoRet}).toEqual({defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 38});
});
