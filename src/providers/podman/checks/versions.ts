import type {Flavor} from '../engine.ts';

export type Version = readonly [number, number, number];

/** Of "runc version 1.1.5+ds1" too. */
export function versionIn(text: string): Version | undefined {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

export const isBelow = (one: Version, other: Version): boolean => {
  const index = one.findIndex((part, at) => part !== other[at]);
  return index !== -1 && one[index]! < other[index]!;
};

/** The first of which the API has what we ask for. */
export const oldest: Readonly<Record<Flavor, Version>> = {podman: [4, 0, 0], docker: [20, 10, 0]};

interface Known {
  /** Which runtime or engine, as its version text begins. */
  readonly program: RegExp;
  readonly below: Version;
  readonly trouble: string;
}

/** Versions that are known to be unsafe. A distribution mends them without another number, and says so in its own. */
const bad: readonly Known[] = [
  {
    program: /^runc\b/,
    below: [1, 1, 12],
    trouble: 'a container can reach the file system of the host (CVE-2024-21626)',
  },
  {
    program: /^crun\b/,
    below: [1, 4, 4],
    trouble: 'processes in a container have inheritable capabilities (CVE-2022-27650)',
  },
];
const ofDistribution = /[+~-](ds|deb|dfsg|ubuntu|el|fc|rhel)|\b(deb|ubuntu|el|fc)\d/i;

/** What is known against this version, in words. */
export function knownTrouble(text: string): string | undefined {
  const version = versionIn(text);
  if (!version || ofDistribution.test(text)) return undefined;
  return bad.find(({program, below}) => program.test(text) && isBelow(version, below))?.trouble;
}

export const versionText = (version: Version): string => version.slice(0, 2).join('.');
