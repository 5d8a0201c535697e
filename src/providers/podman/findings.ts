import {AppError} from '../../errors.ts';
import type {Check, Finding} from '../../lib/checkup/check.ts';
import {runChecks} from '../../lib/checkup/run-checks.ts';
import {engineChecks} from './checks/engine-checks.ts';
import {type EngineOptions, type EngineView, engineView} from './checks/engine-view.ts';
import type {Flavor} from './engine.ts';

/** The checks of one engine, by names of its own: `podman`, `podman.limits`. */
export const checksOf = (flavor: Flavor): readonly Check<EngineView>[] =>
  engineChecks
    .filter(({of = flavor}) => of === flavor)
    .map(check => ({...check, id: check.id === '' ? flavor : `${flavor}.${check.id}`}));

/** What doctor says of this engine. Never throws for what is missing: that is a finding. */
export async function findingsOf(options: EngineOptions, signal?: AbortSignal): Promise<readonly Finding[]> {
  const {flavor} = options.engine;
  const checks = checksOf(flavor);
  let view: EngineView;
  try {
    view = await engineView(options);
  } catch (error) {
    signal?.throwIfAborted();
    const [{id, title, why, fix}] = checks as readonly [Check<EngineView>];
    const hint = error instanceof AppError ? error.hint : fix;
    return [{check: id, title, state: 'missing', detail: (error as Error).message, why, fix: hint}];
  }
  return runChecks(checks, view, {signal});
}
