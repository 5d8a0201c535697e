/** One thing doctor looked at. `check` begins with what it is about: `rootless.tun`. */
export interface Finding {
  readonly check: string;
  /** In words, for a table. */
  readonly title: string;
  readonly state: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** Why it matters. */
  readonly why: string;
  /** A command or a sentence a person can act on; there for everything that is not ok. */
  readonly fix?: string;
}

/** What a look at the machine gave. `fix`: where there is a better one than the check's own. */
export type Seen = Pick<Finding, 'state' | 'detail' | 'fix'>;

/** One row of a table of checks. What it looks at comes in: a test breaks a machine by describing it. */
export interface Check<View> {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  /** What mends it, wherever it is broken. */
  readonly fix: string;
  /** Undefined where it is no question on this machine. A look that throws is a finding. */
  look(view: View, signal: AbortSignal): Promise<Seen | undefined> | Seen | undefined;
}

export const ok = (detail: string): Seen => ({state: 'ok', detail});
export const warning = (detail: string, fix?: string): Seen => ({state: 'warning', detail, ...(fix ? {fix} : {})});
export const missing = (detail: string, fix?: string): Seen => ({state: 'missing', detail, ...(fix ? {fix} : {})});

/** What checks are about, by the beginning of their names. */
const groups: Readonly<Record<string, string>> = {
  trails: 'Trails',
  daemon: 'Trails',
  wsl: 'Windows',
  machine: 'This machine',
  files: 'Files',
  'podman-machine': 'Virtual machine',
  engine: 'Engine',
  podman: 'Podman',
  rootless: 'Podman without root',
  docker: 'Docker',
  dagger: 'Dagger',
  mock: 'Make-believe',
  sandbox: 'Sandbox',
  terminal: 'Terminal',
};

export const groupOf = (check: string): string => {
  const [first = ''] = check.split('.');
  return Object.hasOwn(groups, first) ? (groups[first] ?? first) : first;
};
