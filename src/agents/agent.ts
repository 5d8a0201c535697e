import type {StatusRules} from './status/rules.ts';

/** How much an agent may do without asking: nothing; edits of files; everything, which only a sandbox makes bearable. */
export const modes = ['ask', 'edits', 'all'] as const;
export type Mode = (typeof modes)[number];

/** Something of the user's home that the agent works with: configuration and logins. What it was told elsewhere stays there. */
export interface HomePath {
  /** From the user's home: `.codex`, `.claude.json`. A name may hold `*`. */
  readonly path: string;
  /** Patterns below it, as in a .gitignore, that stay behind: caches, logs, sockets. */
  readonly without?: readonly string[];
}

/** A value that is brought into a configuration file of the session's home before the agent first starts. */
export interface Seed {
  /** From the home: `.claude.json`. Made when it is not there; what the user has in it stays. */
  readonly path: string;
  readonly format: 'json' | 'text';
  /**
   * For `json` merged into what is there, key by key, lists one behind the other; strings may hold `{tail:VARIABLE:N}`, the last N
   * characters of a credential: they are left out where it is not set. In `text`, `{value:VARIABLE|FALLBACK}` is a plain value that is
   * no secret.
   */
  readonly content: Readonly<Record<string, unknown>> | string;
  /** Only where this variable is handed over. */
  readonly when?: string;
  /** Only where this file of the home is not there: a login, which comes first. */
  readonly unless?: string;
}

/** A file of ours that the agent can read and cannot change. */
export interface ManagedFile {
  /** Where it is inside: `/etc/codex/requirements.toml`, or below `/run/trails/`. */
  readonly path: string;
  readonly content: string;
}

/**
 * How a key stays outside: the agent speaks to the relay in the place of its model's API, and shows there what stands for the key, which
 * is put in its place on the other side.
 */
export interface Brokered {
  /** Of the route: the first part of the path at the relay. */
  readonly name: string;
  /** The variable that holds the key. */
  readonly key: string;
  /** The variable that says where the API is, and where it is when that is not set. */
  readonly baseUrl: string;
  readonly upstream: string;
  /** The header with the key, and how: `{key}` stands for it. */
  readonly header: string;
  readonly format: string;
  /** Beginnings of the paths behind the base URL. */
  readonly paths: readonly string[];
}

/** A program that can be a session's agent, as data: one file an agent. */
export interface Agent {
  readonly name: string;
  readonly title: string;
  /** What runs with no arguments of the user's; the first is looked for on the PATH. */
  readonly command: readonly [string, ...string[]];
  /** With arguments: `replace` runs them instead (the shell), `append` hands them to the command. */
  readonly args: 'replace' | 'append';
  /** Arguments that give it its first prompt and leave it interactive; `{prompt}` stands for the text. */
  readonly prompt?: readonly string[];
  /** Arguments that go on with its last conversation, and with the one that `{id}` names. They stand right behind the command. */
  readonly resume?: {readonly last: readonly string[]; readonly one?: readonly string[]};
  /** Arguments, or variables, that set how much it asks. One that is left out is not to be had of this agent. */
  readonly modes?: Readonly<Partial<Record<Mode, {readonly args?: readonly string[]; readonly env?: Variables}>>>;
  /** The more important first: what is too much to copy is left behind from the end. */
  readonly home: readonly HomePath[];
  /** Its files are the user's own, writable, instead of a copy for each session. */
  readonly share?: boolean;
  /** Variables that hold its keys: handed over when they are set where the session is made. */
  readonly credentials: readonly string[];
  /** Variables that say where its model is: handed over like the credentials. */
  readonly baseUrls: readonly string[];
  /** Keys that it need not have, the more usual first; one for each base URL is in use. Left out of an agent that takes no base URL. */
  readonly broker?: readonly Brokered[];
  /** Where its model and its logins are: `api.example.com`, `.example.com`. What its network lets through by default. */
  readonly hosts: readonly string[];
  /** Always set: updaters off, managed settings. */
  readonly env: Variables;
  readonly seeds: readonly Seed[];
  readonly managed: readonly ManagedFile[];
  /** The directory of `images/` that its image is built from. */
  readonly image: string;
  /** An image of the user's in the place of ours, as the engine takes it; `host`: this machine's tools. */
  readonly reference?: string;
  /** How a person gets it onto this machine: a command, or where to look. */
  readonly install: string;
  readonly status: StatusRules;
  /** The place in config.yaml that says so, as FILE:LINE; left out of one that Trails knows by itself. */
  readonly from?: string;
}

export type Variables = Readonly<Record<string, string>>;
