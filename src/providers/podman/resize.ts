import type {Clock} from '../../lib/clock.ts';
import type {EnvironmentId, Size} from '../provider.ts';
import {compat, type Engine} from './engine.ts';

export const resizePath = (id: string, {columns, rows}: Size): string =>
  `${compat}/containers/${id}/resize?w=${columns}&h=${rows}`;

const repeatMs = 150;

export interface Resizes {
  /** Resolves when the engine has taken the size; `ready` is called right before, when no earlier size is on its way any more. */
  tell(size: Size, ready?: () => void): Promise<void>;
  stop(): void;
}

/**
 * conmon takes two sizes that reach it together for the first one twice (ctrl.c hands on the start of its buffer for each line): the
 * last size is said once more when it is alone. Saying the same size again reaches no program. One at a time: a repetition that
 * arrived behind the next size would undo it for a moment, and a program would draw itself twice more.
 */
export function createResizes(engine: Pick<Engine, 'ask'>, clock: Pick<Clock, 'after'>, id: EnvironmentId): Resizes {
  let last: Promise<unknown> = Promise.resolve();
  let latest: Size | undefined;
  let cancelRepeat = () => {};
  const inTurn = (size: Size, accept: readonly number[], ready = () => {}) => {
    const mine = last.then(() => {
      ready();
      return engine.ask('POST', resizePath(id, size), {accept});
    });
    last = mine.catch(() => {});
    return mine;
  };
  return {
    async tell(size, ready) {
      cancelRepeat();
      latest = size;
      await inTurn(size, [409, 500], ready);
      if (latest !== size) return;
      cancelRepeat = clock.after(repeatMs, () => void inTurn(size, [404, 409, 500]).catch(() => {}));
    },
    stop() {
      latest = undefined;
      cancelRepeat();
    },
  };
}
