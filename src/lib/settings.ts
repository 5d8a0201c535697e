import {parseCpus, parseMemory, parsePids} from './limits.ts';

/** What config.yaml may say, with every default filled in. */
export interface Config {
  /** `auto` or a provider's name. */
  readonly provider: string;
  readonly agent: string;
  /** `auto`, `host` or a reference of the engine's. */
  readonly image: string;
  readonly limits: {readonly memory: string; readonly cpus: number; readonly pids: number};
  readonly network: 'none' | 'open';
  /** How much an agent may do without asking. */
  readonly mode: 'ask' | 'edits' | 'all';
  /** What an agent signs commits with. */
  readonly gpg: 'off' | 'agent' | 'keys';
  /** How the dashboard calls a person who looks elsewhere. */
  readonly notify: 'off' | 'bell' | 'osc' | 'desktop';
  readonly keys: {readonly detach: string};
}

export const defaults: Config = {
  provider: 'auto',
  agent: 'shell',
  image: 'auto',
  // An agent alone takes up to 2.2 GB for a moment (Qwen Code 0.24, seen), and its builds and tests come on top.
  limits: {memory: '4g', cpus: 2, pids: 512},
  network: 'none',
  mode: 'ask',
  gpg: 'off',
  // What every terminal, tmux and ssh know, and what a person has long told his terminal how to take.
  notify: 'bell',
  keys: {detach: 'ctrl-q'},
};

export type Value = string | number;

export interface Setting {
  readonly key: string;
  readonly type: 'string' | 'number';
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

function checkWord(value: string): void {
  if (!/^[^\s\p{Cc}]+$/u.test(value)) throw new Error('one word is needed');
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
    key: 'network',
    type: 'string',
    fallback: defaults.network,
    meaning: '`none`, or `open` for the whole network.',
    oneOf: ['none', 'open'],
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
