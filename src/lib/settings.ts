import {parseDuration} from './duration.ts';
import {parseCpus, parseMemory, parsePids} from './limits.ts';

/** What config.yaml may say, with every default filled in. */
export interface Config {
  /** `auto` or a provider's name. */
  readonly provider: string;
  readonly agent: string;
  /** `auto`, `host` or a reference of the engine's. */
  readonly image: string;
  readonly limits: {
    readonly memory: string;
    readonly cpus: number;
    readonly pids: number;
    /** "0": as much as there is. */
    readonly disk: string;
  };
  /** `auto`: by the agent. */
  readonly network: 'auto' | 'none' | 'allowlist' | 'open';
  readonly profile: 'strict' | 'relaxed';
  readonly credentials: 'forward' | 'broker';
  readonly runtime: {readonly name: string; readonly fallback: boolean};
  /** How many sessions run at once; 0 in either: as many as are started. */
  readonly fleet: {
    readonly maxRunning: number;
    /** "0", or their limits' sum: `16g`. */
    readonly memory: string;
    readonly hibernate: 'off' | 'pause' | 'stop';
    /** How long an agent rests before it is put to sleep: `30m`. */
    readonly idleAfter: string;
  };
  readonly caches: 'shared' | 'private' | 'off';
  /** How much an agent may do without asking. */
  readonly mode: 'ask' | 'edits' | 'all';
  /** What an agent signs commits with. */
  readonly gpg: 'off' | 'agent' | 'keys';
  /** How the dashboard calls a person who looks elsewhere. */
  readonly notify: 'off' | 'bell' | 'osc' | 'desktop';
  readonly dagger: {readonly cli: string; readonly engine: string};
  readonly keys: {readonly detach: string};
}

export const defaults: Config = {
  provider: 'auto',
  agent: 'shell',
  image: 'auto',
  // An agent alone takes up to 2.2 GB for a moment (Qwen Code 0.24, seen), and its builds and tests come on top.
  limits: {memory: '4g', cpus: 2, pids: 512, disk: '0'},
  network: 'auto',
  profile: 'strict',
  credentials: 'forward',
  runtime: {name: 'auto', fallback: false},
  fleet: {maxRunning: 0, memory: '0', hibernate: 'off', idleAfter: '30m'},
  caches: 'shared',
  mode: 'ask',
  gpg: 'off',
  // What every terminal, tmux and ssh know, and what a person has long told his terminal how to take.
  notify: 'bell',
  dagger: {cli: 'auto', engine: 'auto'},
  keys: {detach: 'ctrl-q'},
};

export type Value = string | number | boolean;

export interface Setting {
  readonly key: string;
  readonly type: 'string' | 'number' | 'boolean';
  readonly fallback: Value;
  readonly meaning: string;
  /** The values it may take, where they are few. */
  readonly oneOf?: readonly string[];
  /** Throws for a value that makes no sense. */
  readonly check?: (value: string) => unknown;
}

const keyName = /^ctrl-([a-z]|[\]\\^_@])$/;

function checkKey(value: string): void {
  if (!keyName.test(value)) throw new Error(`"${value}" is not a key such as ctrl-q`);
}

function checkCount(value: string): void {
  if (!/^\d{1,6}$/.test(value)) throw new Error('a whole number is needed');
}

function checkWord(value: string): void {
  if (!/^[^\s\p{Cc}]+$/u.test(value)) throw new Error('one word is needed');
}

function checkAddress(value: string): void {
  if (value !== 'auto' && !/^[a-z][a-z+-]*:\/\/[^\s\p{Cc}]+$/u.test(value))
    throw new Error('an address is needed, like tcp://host:8080 or unix:///run/dagger.sock, or auto');
}

function checkProgram(value: string): void {
  if (!/^(\/[^\p{Cc}]*|[\w.+-]+)$/u.test(value)) throw new Error('the whole path of a program is needed, or its name');
}

/** Every setting: the schema of the file, `trails config` and the documentation come from this table. */
export const settings: readonly Setting[] = [
  {
    key: 'provider',
    type: 'string',
    fallback: defaults.provider,
    meaning: 'Where sessions run: `auto`, or the name of a provider.',
    check: checkWord,
  },
  {
    key: 'agent',
    type: 'string',
    fallback: defaults.agent,
    meaning: 'The agent of a new session when none is named.',
    check: checkWord,
  },
  {
    key: 'image',
    type: 'string',
    fallback: defaults.image,
    meaning: '`auto`, `host` (the tools of this machine, read-only) or an image of the engine.',
    check: checkWord,
  },
  {
    key: 'limits.memory',
    type: 'string',
    fallback: defaults.limits.memory,
    meaning: 'Memory of a session: `512m`, `2g`.',
    check: parseMemory,
  },
  {
    key: 'limits.cpus',
    type: 'number',
    fallback: defaults.limits.cpus,
    meaning: 'Cores of a session; parts are fine: `1.5`.',
    check: parseCpus,
  },
  {
    key: 'limits.pids',
    type: 'number',
    fallback: defaults.limits.pids,
    meaning: 'The most processes a session may have.',
    check: parsePids,
  },
  {
    key: 'limits.disk',
    type: 'string',
    fallback: defaults.limits.disk,
    meaning:
      'How much the workspace, the home and the other files of a session may hold together: `10g`; held where the file system has quotas, told elsewhere. 0: no bound.',
    check: text => text === '0' || parseMemory(text),
  },
  {
    key: 'network',
    type: 'string',
    fallback: defaults.network,
    meaning:
      'What a session can reach: `none`, `allowlist` (named hosts, through a proxy), `open` (everything); `auto`: `allowlist` for an agent that needs a model, else `none`.',
    oneOf: ['auto', 'none', 'allowlist', 'open'],
  },
  {
    key: 'profile',
    type: 'string',
    fallback: defaults.profile,
    meaning:
      'How hard the sandbox is: `strict`, or `relaxed` for debuggers, inner sandboxes and programs run from /tmp.',
    oneOf: ['strict', 'relaxed'],
  },
  {
    key: 'credentials',
    type: 'string',
    fallback: defaults.credentials,
    meaning:
      "How an agent's keys reach its model: `forward` hands them to it, `broker` adds them on this side, where it never sees them.",
    oneOf: ['forward', 'broker'],
  },
  {
    key: 'runtime.name',
    type: 'string',
    fallback: defaults.runtime.name,
    meaning: 'The OCI runtime: `auto` takes the engine’s own; `crun`, `runc`, `runsc` (gVisor), `kata`.',
    check: checkWord,
  },
  {
    key: 'runtime.fallback',
    type: 'boolean',
    fallback: defaults.runtime.fallback,
    meaning: 'With a runtime that cannot be used: take the engine’s own, with a warning, instead of refusing.',
  },
  {
    key: 'fleet.maxRunning',
    type: 'number',
    fallback: defaults.fleet.maxRunning,
    meaning: 'How many sessions run at once; further ones wait for room. 0: as many as are started.',
    check: checkCount,
  },
  {
    key: 'fleet.memory',
    type: 'string',
    fallback: defaults.fleet.memory,
    meaning: 'How much memory the limits of all that run may come to: `16g`; further ones wait for room. 0: no bound.',
    check: text => text === '0' || parseMemory(text),
  },
  {
    key: 'fleet.hibernate',
    type: 'string',
    fallback: defaults.fleet.hibernate,
    meaning:
      'What becomes of an agent that rests: `off` nothing, `pause` (frozen, keeps its memory), `stop`; it wakes at attach and at a prompt.',
    oneOf: ['off', 'pause', 'stop'],
  },
  {
    key: 'fleet.idleAfter',
    type: 'string',
    fallback: defaults.fleet.idleAfter,
    meaning: 'How long an agent rests, and nobody looks, before it hibernates: `30m`, `2h`.',
    check: parseDuration,
  },
  {
    key: 'caches',
    type: 'string',
    fallback: defaults.caches,
    meaning:
      'Download caches of npm, pip, cargo, go and others: `shared` by all sessions, `private` to each, or `off`.',
    oneOf: ['shared', 'private', 'off'],
  },
  {
    key: 'mode',
    type: 'string',
    fallback: defaults.mode,
    meaning: 'What an agent does without asking: `ask` nothing, `edits` changes of files, `all` everything.',
    oneOf: ['ask', 'edits', 'all'],
  },
  {
    key: 'gpg',
    type: 'string',
    fallback: defaults.gpg,
    meaning:
      'Signing of commits: `off`, `agent` (asks your own gpg-agent, keys stay out), `keys` (a copy of your keys).',
    oneOf: ['off', 'agent', 'keys'],
  },
  {
    key: 'notify',
    type: 'string',
    fallback: defaults.notify,
    meaning:
      'How the dashboard calls when a session waits, ends or fails: `off`, `bell`, `osc` (a notification of the terminal) or `desktop` (notify-send).',
    oneOf: ['off', 'bell', 'osc', 'desktop'],
  },
  {
    key: 'dagger.cli',
    type: 'string',
    fallback: defaults.dagger.cli,
    meaning:
      'The Dagger CLI, by its path or its name on PATH; `auto`: what _EXPERIMENTAL_DAGGER_CLI_BIN names, else `dagger`.',
    check: checkProgram,
  },
  {
    key: 'dagger.engine',
    type: 'string',
    fallback: defaults.dagger.engine,
    meaning:
      'Where the Dagger engine is: `tcp://HOST:PORT`, `unix:///SOCKET`; `auto`: what _EXPERIMENTAL_DAGGER_RUNNER_HOST names, else the one that the CLI starts.',
    check: checkAddress,
  },
  {
    key: 'keys.detach',
    type: 'string',
    fallback: defaults.keys.detach,
    meaning: 'The key that leaves an attached session: `ctrl-` and a letter.',
    check: checkKey,
  },
];

/** Parts of the file that are no settings: whoever reads them checks them. */
export const sectionsOfOthers: readonly string[] = ['agents'];

export const settingNamed = (key: string): Setting | undefined => settings.find(setting => setting.key === key);

/** What is wrong with a value of a setting, in words, or undefined. */
export function problemWith(setting: Setting, value: unknown): string | undefined {
  if (typeof value !== setting.type) return `a ${setting.type} is needed`;
  if (setting.oneOf && !setting.oneOf.includes(String(value))) return `one of ${setting.oneOf.join(', ')} is needed`;
  try {
    setting.check?.(String(value));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
