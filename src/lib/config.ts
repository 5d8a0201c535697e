import {existsSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../errors.ts';
import {privateDirectory} from './files.ts';
import {nearestWord} from './reading/nearest-word.ts';
import {type Config, defaults, problemWith, type Setting, settingNamed, settings, type Value} from './settings.ts';
import {isTree, type Tree} from './tree.ts';

export type {Config} from './settings.ts';

/** The user's config.yaml. Nothing is read before it is asked for, and nothing heavy loaded while the file does not exist. */
export interface ConfigFile {
  readonly path: string;
  /** Every setting, defaults filled in. Throws CONFIG_INVALID naming the place and the key of each mistake, one a line. */
  load(): Promise<Config>;
  /** One setting's value. Throws USAGE for a key that is not there. */
  get(key: string): Promise<Value>;
  /** Everything in it, also what others read. Throws CONFIG_INVALID with every mistake. */
  check(): Promise<void>;
  /** Writes one setting, keeping the comments of the file. Throws USAGE, CONFIG_INVALID. */
  set(key: string, text: string): Promise<Value>;
}

function known(key: string): Setting {
  const setting = settingNamed(key);
  if (setting) return setting;
  const keys = settings.map(one => one.key);
  const meant = nearestWord(key, keys);
  throw new AppError('USAGE', `There is no setting "${key.replace(/\p{Cc}/gu, '?').slice(0, 60)}"`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Settings: ${keys.join(', ')}.`,
  });
}

function filled(found: ReadonlyMap<string, Value>): Config {
  const value = <T extends Value>(key: string, fallback: T): T => (found.get(key) as T | undefined) ?? fallback;
  return {
    provider: value('provider', defaults.provider),
    agent: value('agent', defaults.agent),
    image: value('image', defaults.image),
    limits: {
      memory: value('limits.memory', defaults.limits.memory),
      cpus: value('limits.cpus', defaults.limits.cpus),
      pids: value('limits.pids', defaults.limits.pids),
      disk: value('limits.disk', defaults.limits.disk),
    },
    network: value('network', defaults.network),
    profile: value('profile', defaults.profile),
    credentials: value('credentials', defaults.credentials),
    runtime: {
      name: value('runtime.name', defaults.runtime.name),
      fallback: value('runtime.fallback', defaults.runtime.fallback),
    },
    fleet: {
      maxRunning: value('fleet.maxRunning', defaults.fleet.maxRunning),
      memory: value('fleet.memory', defaults.fleet.memory),
      hibernate: value('fleet.hibernate', defaults.fleet.hibernate),
      idleAfter: value('fleet.idleAfter', defaults.fleet.idleAfter),
    },
    caches: value('caches', defaults.caches),
    mode: value('mode', defaults.mode),
    gpg: value('gpg', defaults.gpg),
    notify: value('notify', defaults.notify),
    dagger: {cli: value('dagger.cli', defaults.dagger.cli), engine: value('dagger.engine', defaults.dagger.engine)},
    keys: {detach: value('keys.detach', defaults.keys.detach)},
  };
}

/** All that they say, once: of a text that is no YAML everybody says the same. */
function throwAll(errors: readonly unknown[]): void {
  const [first] = errors;
  if (first === undefined) return;
  const unexpected = errors.find(error => !(error instanceof AppError));
  if (unexpected !== undefined || errors.length === 1) throw unexpected ?? first;
  const lines = new Set(errors.flatMap(error => (error as AppError).message.split('\n')));
  throw new AppError('CONFIG_INVALID', [...lines].join('\n'), {cause: first});
}

export const loadReader = () => import('./config-text.ts');

// For writing only: Conf costs more than all else a command loads.
const openStore = async (file: string) => (await import('./config-store.ts')).openConfigStore(file);

/** As it is typed. What fits no type stays a text, and is refused for it. */
function typed({type}: Setting, text: string): Value {
  if (type === 'number' && text.trim() !== '') return Number(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

function withValue(tree: Tree, key: string, value: Value): Tree {
  const [head = '', ...rest] = key.split('.');
  const below = tree[head];
  return {...tree, [head]: rest.length > 0 ? withValue(isTree(below) ? below : {}, rest.join('.'), value) : value};
}

/** `others` check the sections that are not settings; each is given the file. */
export function configAt(directory: string, others: readonly ((file: string) => Promise<unknown>)[] = []): ConfigFile {
  const file = path.join(directory, 'config.yaml');
  const read = async () =>
    existsSync(file) ? (await loadReader()).readSettings(file) : (new Map() as ReadonlyMap<string, Value>);
  return {
    path: file,
    load: async () => filled(await read()),
    async check() {
      if (!existsSync(file)) return;
      const checks = [read, ...others.map(other => () => other(file))];
      const results = await Promise.allSettled(checks.map(async check => check()));
      throwAll(results.flatMap(result => (result.status === 'rejected' ? [result.reason] : [])));
    },
    async get(key) {
      const setting = known(key);
      return (await read()).get(key) ?? setting.fallback;
    },
    async set(key, text) {
      const setting = known(key);
      const value = typed(setting, text);
      const problem = Number.isNaN(value) ? 'a number is needed' : problemWith(setting, value);
      if (problem) throw new AppError('CONFIG_INVALID', `${key}: ${problem}`, {hint: setting.meaning});
      privateDirectory(directory);
      const store = await openStore(file);
      const tree = withValue(store.tree, key, value);
      (await loadReader()).settingsOf(file, store.text(tree));
      store.write(tree);
      return value;
    },
  };
}
