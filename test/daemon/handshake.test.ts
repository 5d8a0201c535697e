import {expect, test} from 'vitest';
import {compare} from '../../src/daemon/handshake.ts';
import {AppError} from '../../src/errors.ts';

type Range = readonly [number, number];
const speaker = (version: string, [protocolMin, protocolMax]: Range) => ({version, protocolMin, protocolMax});

const table: readonly {
  readonly ours: Range;
  readonly theirs: Range;
  readonly live: number;
  readonly verdict: string | RegExp;
}[] = [
  {ours: [1, 1], theirs: [1, 1], live: 0, verdict: 'works'},
  {ours: [1, 3], theirs: [3, 5], live: 4, verdict: 'works'},
  {ours: [3, 5], theirs: [1, 3], live: 4, verdict: 'works'},
  {ours: [2, 2], theirs: [1, 3], live: 0, verdict: 'works'},
  {ours: [2, 2], theirs: [1, 1], live: 0, verdict: 'restart'},
  {ours: [2, 2], theirs: [1, 1], live: 1, verdict: /^The daemon \(theirs\) is older .* has 1 live session$/},
  {ours: [4, 9], theirs: [1, 3], live: 7, verdict: /has 7 live sessions$/},
  // An old client never ends a newer daemon, not even one that holds nothing.
  {ours: [1, 1], theirs: [2, 2], live: 0, verdict: /^This trails \(ours\) is older than its daemon \(theirs\)$/},
  {ours: [1, 1], theirs: [2, 2], live: 3, verdict: /^This trails \(ours\) is older/},
];

test.each(table)('$ours meets $theirs with $live live: $verdict', ({ours, theirs, live, verdict}) => {
  const found = compare(speaker('ours', ours), {...speaker('theirs', theirs), liveSessions: live});
  if (typeof verdict === 'string') return expect(found).toBe(verdict);
  expect(found).toBeInstanceOf(AppError);
  expect(found).toMatchObject({code: 'DAEMON_VERSION', exitCode: 69, message: expect.stringMatching(verdict)});
});
