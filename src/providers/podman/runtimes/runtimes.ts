import type {Network} from '../../provider.ts';

/** What is known of an OCI runtime that may be asked for by name. */
export interface RuntimeKind {
  /** One of these programs is it. */
  readonly programs: readonly string[];
  /** It runs on the machine's virtualization alone. */
  readonly needsKvm?: boolean;
  /** It maps no ids in bind mounts: a directory is worked in as its owner. */
  readonly mapsNoIds?: boolean;
  /** What it has to be told, by the network of what it runs; such a runtime is called by a script of ours. */
  readonly flags?: (about: {readonly open: boolean; readonly rootless: boolean}) => readonly string[];
}

export const runtimeKinds: Readonly<Record<string, RuntimeKind>> = {
  crun: {programs: ['crun']},
  runc: {programs: ['runc'], mapsNoIds: true},
  runsc: {
    programs: ['runsc'],
    mapsNoIds: true,
    // Its own network stack finds nothing where there is none; and the way to the proxy is a socket of the host.
    flags: ({open, rootless}) => [
      ...(open ? [] : ['--network=none']),
      '--host-uds=open',
      ...(rootless ? ['--ignore-cgroups'] : []),
    ],
  },
  kata: {programs: ['kata-runtime'], needsKvm: true, mapsNoIds: true},
};

/** What the engine knows a runtime by: its own name or, where it needs flags, that of our script for this network. */
export function engineName(runtime: string, network: Network): string {
  if (runtimeKinds[runtime]?.flags === undefined) return runtime;
  return network === 'open' ? `trails-${runtime}-open` : `trails-${runtime}`;
}

/** The scripts of one runtime, by the name that the engine knows them by. */
export const scriptsOf = (runtime: string, program: string, rootless: boolean): ReadonlyMap<string, string> =>
  new Map(
    (['none', 'open'] as const).flatMap(network => {
      const flags = runtimeKinds[runtime]?.flags?.({open: network === 'open', rootless});
      if (flags === undefined) return [];
      const words = [program, ...flags].map(word => `'${word.replaceAll("'", "'\\''")}'`);
      return [[engineName(runtime, network), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`] as const];
    }),
  );

const table = '[engine.runtimes]';

/** Podman's settings with further runtimes in them. */
export function withRuntimes(settings: string, runtimes: ReadonlyMap<string, string>): string {
  if (runtimes.size === 0) return settings;
  const lines = [...runtimes].map(([name, file]) => `${name} = [${JSON.stringify(file)}]`).join('\n');
  return settings.includes(table)
    ? settings.replace(table, `${table}\n${lines}`)
    : `${settings}${settings === '' || settings.endsWith('\n') ? '' : '\n'}\n${table}\n${lines}\n`;
}
