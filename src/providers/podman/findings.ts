import {AppError} from '../../errors.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Finding} from '../provider.ts';
import {engineAbilities} from './abilities.ts';
import {compat, type Engine} from './engine.ts';
import type {Env} from './socket.ts';

/** What doctor says of this engine. Never throws: what is missing is a finding. */
export async function findingsOf(
  engine: Engine,
  _options: {readonly paths: Paths; readonly env: Env; readonly signal?: AbortSignal},
): Promise<readonly Finding[]> {
  const {flavor} = engine;
  try {
    const {body} = await engine.ask('GET', `${compat}/version`);
    const {Version = '?'} = body as {Version?: string};
    const {idmap, rootless} = await engineAbilities(engine);
    const owner: Finding =
      rootless || idmap
        ? {check: `${flavor}: file owners`, state: 'ok', detail: rootless ? 'keep-id' : 'id-mapped mounts'}
        : {
            check: `${flavor}: file owners`,
            state: 'warning',
            detail: 'directories of root cannot be worked in',
            fix: 'trails setup (installs crun)',
          };
    return [{check: flavor, state: 'ok', detail: `version ${Version}`}, owner];
  } catch (error) {
    const fix = error instanceof AppError ? error.hint : undefined;
    return [{check: flavor, state: 'missing', detail: (error as Error).message, ...(fix === undefined ? {} : {fix})}];
  }
}
