import {AppError} from '../../../errors.ts';
import {run} from '../../../lib/exec.ts';
import {onPath} from '../../../lib/on-path.ts';
import {isBelow, versionIn} from '../../podman/checks/versions.ts';
import {plain} from './faults.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Of Dagger's CLI and engine: older ones do not talk to the SDK. */
const oldest: readonly [number, number, number] = [0, 19, 0];

const howToGet =
  'Install it (https://docs.dagger.io/install), or name it: `trails config set dagger.cli /path/to/dagger`.';

const patienceMs = 10_000;

/** The program: the setting `dagger.cli`, else _EXPERIMENTAL_DAGGER_CLI_BIN, else `dagger` on PATH. Throws ENGINE_UNREACHABLE. */
export function findCli(env: Env, setting = 'auto'): string {
  const [named, by] =
    setting !== 'auto'
      ? [setting, 'dagger.cli']
      : [
          env._EXPERIMENTAL_DAGGER_CLI_BIN || 'dagger',
          env._EXPERIMENTAL_DAGGER_CLI_BIN ? '_EXPERIMENTAL_DAGGER_CLI_BIN' : '',
        ];
  const found = onPath(named, env.PATH);
  if (found) return found;
  const message = by
    ? `${by} names "${plain(named)}", and there is no such program`
    : 'The Dagger CLI is not installed';
  throw new AppError('ENGINE_UNREACHABLE', message, {hint: howToGet});
}

/** Variables of every call of it: what a session of somebody else's is, it must not learn, and it is to ask nobody. */
export const cliEnv = (env: Env): Env => ({
  ...env,
  DAGGER_SESSION_PORT: undefined,
  DAGGER_SESSION_TOKEN: undefined,
  DAGGER_NO_UPDATE_CHECK: '1',
  DAGGER_NO_NAG: '1',
  DO_NOT_TRACK: '1',
});

/** Throws ENGINE_UNREACHABLE for one that is too old; a version that is no number is one somebody built. */
export function requireNewEnough(what: string, version: string): void {
  const number = versionIn(version);
  if (!number || !isBelow(number, oldest)) return;
  throw new AppError('ENGINE_UNREACHABLE', `${what} is ${plain(version)}: at least v${oldest.join('.')} is needed`, {
    hint: 'Update it: https://docs.dagger.io/install.',
  });
}

/** What the CLI says it is: `v0.21.8`. Throws ENGINE_UNREACHABLE. */
export async function cliVersion(file: string, env: Env, signal?: AbortSignal): Promise<string> {
  const {exitCode, stdout, stderr} = await run(file, ['version'], {
    ...{env: cliEnv(env), mostBytes: 64 * 1024, timeoutMs: patienceMs},
    ...(signal ? {signal} : {}),
  });
  signal?.throwIfAborted();
  const version = /\bv?\d+\.\d+\.\d+\S*|\bdev\S*/.exec(stdout)?.[0];
  if (exitCode === 0 && version) return version;
  throw new AppError(
    'ENGINE_UNREACHABLE',
    `${file} does not tell its version: ${plain(stderr || stdout) || 'it says nothing'}`,
    {
      hint: howToGet,
    },
  );
}
