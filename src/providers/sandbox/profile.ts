/** What may be taken away from the strict sandbox, one by one. Each shows in `show`, in the dashboard and in the audit log. */
export const loosenings = ['tmp-exec', 'debug', 'namespaces', 'writable-root'] as const;
export type Loosening = (typeof loosenings)[number];

/** What each allows, for a person who decides over it. */
export const looseningWords: Readonly<Record<Loosening, string>> = {
  'tmp-exec': 'programs in /tmp and /var/tmp can be run',
  debug: 'its processes may trace each other and read each other’s memory: debuggers, strace',
  namespaces: 'its processes may make namespaces and mount in them: bwrap, an agent’s own sandbox',
  'writable-root': 'the files of its image can be changed, until it is removed',
};

export const profiles = ['strict', 'relaxed'] as const;
export type Profile = (typeof profiles)[number];

/** What a profile allows beyond the strict one. */
export const profileLoosens: Readonly<Record<Profile, readonly Loosening[]>> = {
  strict: [],
  relaxed: ['tmp-exec', 'debug', 'namespaces'],
};

/** How hard an environment is: everything holds that is not loosened by name. */
export interface Sandbox {
  readonly profile: Profile;
  /** All of them, those of the profile too, in the order of the table. */
  readonly loosened: readonly Loosening[];
}

/** The sandbox of a profile with what else was loosened by name. */
export const sandboxOf = (profile: Profile, named: readonly Loosening[] = []): Sandbox => {
  const all = new Set([...profileLoosens[profile], ...named]);
  return {profile, loosened: loosenings.filter(one => all.has(one))};
};
