import {AppError} from '../../errors.ts';
import type {Provider} from '../../providers/provider.ts';
import {audited, type Context} from '../context.ts';
import type {SessionFacts} from '../record.ts';

/**
 * The facts with the runtime that it will really run with; null: the engine's own. Throws UNSUPPORTED for one that cannot be used, unless
 * the configuration lets the engine's own take its place: then that is told, and written down.
 */
export async function withUsableRuntime(
  context: Context,
  provider: Provider,
  wished: SessionFacts,
  onStep: (step: string) => void,
): Promise<SessionFacts> {
  const {runtime, network} = wished;
  try {
    return {...wished, runtime: (await provider.resolveRuntime(runtime ?? 'auto', network)) ?? null};
  } catch (error) {
    const unusable = error instanceof AppError && error.code === 'UNSUPPORTED';
    if (!unusable || !context.defaults.runtime.fallback) throw error;
    const warning = `${error.message}; the engine’s own takes its place`;
    onStep(warning);
    await audited(context, wished, 'runtime', warning, async () => {});
    return {...wished, runtime: null};
  }
}
