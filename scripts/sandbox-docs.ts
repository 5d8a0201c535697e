import {controls} from '../src/providers/sandbox/controls.ts';
import {loosenings, looseningWords, profileLoosens} from '../src/providers/sandbox/profile.ts';
import {allowed, type Group} from '../src/providers/sandbox/seccomp/allowed.ts';
import {denied} from '../src/providers/sandbox/seccomp/denied.ts';
import {code, table} from './markdown.ts';

/** Everything that holds a session, and what is left of it where it is loosened. */
const controlsTable = (): string =>
  table(
    ['What', 'Strict', 'Why', 'Loosened'],
    controls.map(({name, strict, why, loosened = {}}) => [
      name,
      strict,
      why,
      Object.entries(loosened)
        .map(([by, left]) => `${code(by)}: ${left}`)
        .join('; '),
    ]),
  );

const looseningsTable = (): string =>
  table(
    ['`--loosen`', 'What it allows', 'In `--profile relaxed`'],
    loosenings.map(one => [code(one), looseningWords[one], profileLoosens.relaxed.includes(one) ? 'yes' : '']),
  );

const callsTable = (groups: readonly (Group & {readonly unless?: string})[]): string =>
  table(
    ['What', 'Why', 'Calls'],
    groups.map(({what, why, calls, unless}) => [
      what,
      [why, unless === undefined ? '' : `allowed by ${code(unless)}`].filter(Boolean).join('; '),
      calls.map(code).join(' '),
    ]),
  );

/** The regions of docs/security.md. */
export const sandboxRegions: Readonly<Record<string, () => string>> = {
  controls: controlsTable,
  loosenings: looseningsTable,
  'denied-calls': () => callsTable(denied),
  'allowed-calls': () => callsTable(allowed),
};
