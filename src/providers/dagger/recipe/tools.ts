/** A program that a session needs inside, or one of several that do. */
export interface Tool {
  readonly anyOf: readonly [string, ...string[]];
  readonly why: string;
  /** Of Debian and Ubuntu. */
  readonly package: string;
}

export const tools: readonly Tool[] = [
  {anyOf: ['perl'], why: "holds the agent's terminal", package: 'perl-base'},
  {anyOf: ['setpriv'], why: 'takes all privileges from the agent', package: 'util-linux'},
  {anyOf: ['dropbear', 'sshd'], why: 'carries terminals and commands', package: 'dropbear-bin'},
  {anyOf: ['tar'], why: 'brings files in and out', package: 'tar'},
  {anyOf: ['git'], why: 'brings commits out', package: 'git'},
];

/** Prints the names of those that are there, one a line. */
export const probe = [
  'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"',
  `for tool in ${tools.flatMap(({anyOf}) => anyOf).join(' ')}; do command -v "$tool" >/dev/null 2>&1 && echo "$tool"; done`,
  'exit 0',
].join('\n');

/** What lacks, by what the probe printed. */
export function lackingIn(printed: string): readonly Tool[] {
  const there = new Set(printed.split('\n').map(line => line.trim()));
  return tools.filter(({anyOf}) => !anyOf.some(name => there.has(name)));
}

export const inWords = (lacking: readonly Tool[]): string =>
  lacking.map(({anyOf, why}) => `${anyOf.join(' or ')} (${why})`).join(', ');

export const howToInstall = (lacking: readonly Tool[]): string =>
  `apt-get install -y --no-install-recommends ${[...new Set(lacking.map(tool => tool.package))].join(' ')}`;
