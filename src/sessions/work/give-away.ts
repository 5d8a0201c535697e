import {statSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import {run} from '../../lib/exec.ts';
import type {Provider} from '../../providers/provider.ts';
import type {SessionFacts} from '../record.ts';

/**
 * Gives a workspace that root has just made to whom its agent will be, where the engine cannot let the agent be in root's place. Nobody
 * but us has seen it yet. A bind is the user's own and stays as it is. Throws CANNOT_CREATE.
 */
export async function giveAway(
  provider: Provider,
  {workspace: {mode, path}, runtime}: Pick<SessionFacts, 'workspace' | 'runtime'>,
  signal: AbortSignal,
): Promise<void> {
  if (mode === 'bind' || statSync(path).uid !== 0) return;
  const owner = await provider.inPlaceOfRoot(runtime ?? undefined);
  if (!owner) return;
  const done = await run('chown', ['-R', '-h', '-P', `${owner.uid}:${owner.gid}`, '--', path], {signal});
  if (done.exitCode !== 0)
    throw new AppError('CANNOT_CREATE', `${path} could not be given to the agent: ${done.stderr.trim().slice(0, 300)}`);
}
