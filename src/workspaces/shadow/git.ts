import {AppError} from '../../errors.ts';
import {type Conversation, converse, type RunOptions, run, runWaiting, streamOf} from '../../lib/exec.ts';

/** What our git takes from the shell it is started from: nothing that leads it elsewhere. */
const cleared = Object.fromEntries(
  [
    ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'],
    ...['GIT_COMMON_DIR', 'GIT_NAMESPACE', 'GIT_PREFIX', 'GIT_CONFIG_PARAMETERS', 'GIT_CONFIG_COUNT', 'GIT_CONFIG'],
    ...['GIT_EXTERNAL_DIFF', 'GIT_SSH', 'GIT_SSH_COMMAND', 'GIT_ASKPASS', 'SSH_ASKPASS', 'GIT_PROXY_COMMAND'],
    ...['GIT_TRACE', 'GIT_TEMPLATE_DIR', 'GIT_EXEC_PATH', 'GIT_CEILING_DIRECTORIES', 'GIT_DEFAULT_HASH'],
  ].map(name => [name, undefined]),
);
const always = {
  ...cleared,
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_ALLOW_PROTOCOL: 'file',
  LC_ALL: 'C',
};
/** No program but git itself is started, whatever a repository or its files say. */
const quiet = [
  ...['core.fsmonitor=false', 'core.hooksPath=/dev/null', 'gc.auto=0', 'maintenance.auto=false'],
  ...['commit.gpgSign=false', 'tag.gpgSign=false', 'advice.detachedHead=false', 'core.quotePath=false'],
].flatMap(setting => ['-c', setting]);

/** What a git command said when it failed. A person is told by whoever knows what it was for. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed';
  readonly exitCode: number;
  readonly said: string;
  /** What it had printed. */
  readonly printed: string;

  constructor(args: readonly string[], exitCode: number, said: string, printed = '') {
    const what = args.filter(arg => !arg.startsWith('-')).join(' ');
    super(`git ${what.slice(0, 200)} ended with ${exitCode}: ${said}`);
    this.exitCode = exitCode;
    this.said = said;
    this.printed = printed;
  }
}

/** Git's own words in one line, without the prefixes. */
export const gitWords = (error: unknown): string =>
  (error instanceof GitFailed ? error.said : (error as Error).message)
    .trim()
    .split('\n')
    // What to do then is told in our words.
    .filter(line => !/^(hint:|Aborting$|Please )/.test(line))
    .map(line => line.replace(/^(fatal|error|warning): /, '').trim())
    .join('; ')
    .replaceAll(':; ', ': ')
    .slice(0, 500) || 'git had to be ended';

/** Throws GIT_MISSING, and GitFailed. */
function checked<T extends {readonly exitCode: number; readonly stderr: string; readonly stdout: string | Buffer}>(
  args: readonly string[],
  result: T,
): T {
  if (result.exitCode === 127) throw new AppError('GIT_MISSING', 'git is not installed here');
  if (result.exitCode !== 0)
    throw new GitFailed(args, result.exitCode, result.stderr, result.stdout.toString('latin1'));
  return result;
}

type GitOptions = Omit<RunOptions, 'env' | 'onLine'>;

/** One repository, and git as it is run there. */
export interface Git {
  /** What it prints, a character for each byte. Throws GitFailed. */
  run(args: readonly string[], options?: GitOptions): Promise<string>;
  /** The same in the thread's own time: for worker threads. */
  runWaiting(args: readonly string[], input?: Uint8Array): Buffer;
  stream(args: readonly string[], signal?: AbortSignal): AsyncIterable<Buffer>;
  converse(args: readonly string[]): Conversation;
}

const mostBytes = 512 * 2 ** 20;
const patienceMs = 10 * 60_000;

function gitWith(before: readonly string[], env: Readonly<Record<string, string | undefined>>): Git {
  return {
    async run(args, options = {}) {
      const all = [...before, ...args];
      const usual = {encoding: 'latin1', mostBytes, timeoutMs: patienceMs} as const;
      return checked(args, await run('git', all, {...usual, ...options, env})).stdout;
    },
    runWaiting(args, input) {
      const options = {env, mostBytes, timeoutMs: patienceMs, ...(input ? {input} : {})};
      return checked(args, runWaiting('git', [...before, ...args], options)).stdout;
    },
    converse: args => converse('git', [...before, ...args], env),
    stream: (args, signal) => streamOf('git', [...before, ...args], {env, ...(signal ? {signal} : {})}),
  };
}

/** Nothing of the user's settings: what is done here is ours alone. */
const ours = {...always, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1'};

interface OurOptions {
  /** Its index file. */
  readonly index?: string;
  /** A directory of objects that it reads as well. */
  readonly borrow?: string;
  /** Of one object, as git writes sizes: with more it gives up. */
  readonly mostMemory?: string;
}

/** Git in a host-only repository of ours that has no work tree. */
export const ourGit = (directory: string, {borrow, mostMemory, index}: OurOptions = {}): Git =>
  gitWith([...quiet, `--git-dir=${directory}`, '-c', 'core.bare=true'], {
    ...ours,
    ...(borrow === undefined ? {} : {GIT_ALTERNATE_OBJECT_DIRECTORIES: borrow}),
    ...(index === undefined ? {} : {GIT_INDEX_FILE: index}),
    ...(mostMemory === undefined ? {} : {GIT_ALLOC_LIMIT: mostMemory}),
  });

/** Git with the user's settings, in no repository yet: a clone of a directory that only they say is safe. */
export const localGit: Git = gitWith(quiet, always);

/** Git in a repository of the user's, with the user's settings: filters and line ends are as the user has them; hooks do not run. */
export const userGit = (directory: string): Git => gitWith([...quiet, '-C', directory], always);
