import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Call, type Canary, calls, canaries, numberOf, program} from './calls.ts';
import {type Hardening, openHardening} from './sandbox.ts';

const known = calls.filter(one => numberOf(one) !== undefined);

/** The program goes in by the shell's own input: a command line cannot hold it. */
const script = (list: readonly Call[]) => `rm -f made*; : > made; perl - <<'PROBE'\n${program(list)}\nPROBE\n`;

const outcomes = (text: string): ReadonlyMap<number, string> =>
  new Map([...text.matchAll(/^(\d+) (\w+)$/gm)].map(([, index, came = '']) => [Number(index), came]));

describe('system calls in a strict sandbox', {timeout: 120_000}, () => {
  let hardening: Hardening;
  let inside: ReadonlyMap<number, string>;
  const outside = new Map<Canary, ReadonlyMap<number, string>>();
  beforeAll(async () => {
    hardening = await openHardening();
    const sandbox = await hardening.open();
    inside = outcomes((await sandbox.sh(script(known))).text);
    for (const [name, flags] of Object.entries(canaries)) {
      const said = await hardening.plainly(`cd /tmp; ${script(known)}`, flags);
      outside.set(name as Canary, outcomes(said.text));
    }
  }, 600_000);
  afterAll(() => hardening?.close(), 60_000);

  test.each(known.map((one, index) => ({...one, index})))('$name', ({
    index,
    inside: refused,
    canary: [way, passes],
  }) => {
    expect(outside.get(way)?.get(index), `in a container that is ${way} it is let through`).toMatch(passes);
    expect(inside.get(index), 'in the sandbox').toBe(refused);
    expect(outside.get(way)?.get(index), 'and that is not the same').not.toBe(refused);
  });
});
