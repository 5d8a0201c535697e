import {AppError} from '../../errors.ts';
import type {EnvironmentId, EnvironmentState} from '../provider.ts';
import {compat, type Engine, messageOf} from './engine.ts';

/** What an engine says to a container that is gone, in another state by now, or that it cannot freeze. */
const refused = [404, 409, 500];

export interface PausingInput {
  readonly engine: Engine;
  /** Undefined for a container that is gone. */
  readonly state: (id: EnvironmentId, signal?: AbortSignal) => Promise<EnvironmentState | undefined>;
}

/** Freezing containers, and letting them go on. */
export function createPausing({engine, state}: PausingInput) {
  const post = (id: string, action: string, signal?: AbortSignal) =>
    engine.ask('POST', `${compat}/containers/${id}/${action}`, {accept: refused, signal});
  return {
    async pause(id: EnvironmentId, signal?: AbortSignal): Promise<void> {
      const answer = await post(id, 'pause', signal);
      if (answer.status < 400) return;
      const now = await state(id, signal);
      if (now === 'paused') return;
      const short = id.slice(0, 12);
      if (now !== 'running') throw new AppError('ENGINE_REFUSED', `${short} does not run: it cannot be paused`);
      throw new AppError('UNSUPPORTED', `${engine.flavor} could not pause ${short}: ${messageOf(answer)}`);
    },

    async resume(id: EnvironmentId, signal?: AbortSignal): Promise<void> {
      if ((await state(id, signal)) !== 'paused') return;
      const answer = await post(id, 'unpause', signal);
      if (answer.status < 400 || (await state(id, signal)) !== 'paused') return;
      throw new AppError('ENGINE_REFUSED', `The engine could not wake ${id.slice(0, 12)}: ${messageOf(answer)}`);
    },
  };
}
