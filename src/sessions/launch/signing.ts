import {statSync} from 'node:fs';
import type {HomePath} from '../../agents/agent.ts';
import {AppError} from '../../errors.ts';
import {run} from '../../lib/exec.ts';
import type {Mount} from '../../providers/provider.ts';

export type Signing = 'off' | 'agent' | 'keys';

/** What belongs to processes, and what ends a key. */
const never = ['S.*', '*.lock', '*~', '.#*', 'random_seed', 'crls.d', 'openpgp-revocs.d'];

/** What of a person's keyring comes along: with their own gpg-agent to ask, no key of theirs. */
export const keyringPaths = (signing: Signing): readonly HomePath[] => {
  if (signing === 'off') return [];
  return [{path: '.gnupg', without: signing === 'agent' ? [...never, 'private-keys-v1.d', '*.conf'] : never}];
};

/** Where gpg looks for its agent inside. */
const socketInside = '/home/agent/.gnupg/S.gpg-agent';

/** The socket that a gpg-agent has for others than its user: it signs, and gives no key away. Throws UNSUPPORTED where there is none. */
export async function agentSocket(signing: Signing, home: string): Promise<readonly Mount[]> {
  if (signing !== 'agent') return [];
  const env = {HOME: home};
  // Starts it, if it does not run.
  await run('gpg-connect-agent', ['/bye'], {env, timeoutMs: 10_000});
  const {stdout} = await run('gpgconf', ['--list-dirs', 'agent-extra-socket'], {env, timeoutMs: 10_000});
  const source = stdout.trim();
  if (source !== '' && statSync(source, {throwIfNoEntry: false})?.isSocket())
    return [{source, target: socketInside, readOnly: false}];
  throw new AppError('UNSUPPORTED', 'Commits cannot be signed: no gpg-agent answers on this machine', {
    hint: 'Start one (`gpg-connect-agent /bye`), or switch signing off: `trails config set gpg off`.',
  });
}
