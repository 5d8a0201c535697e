import {AppError} from '../../errors.ts';
import {type Clock, pause} from '../../lib/clock.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {EnvironmentId} from '../provider.ts';
import {compat, type Engine, messageOf} from './engine.ts';
import type {EventHub} from './events.ts';

/** How long a program that hangs on after TERM is given before it also gets HUP, which ends an idle shell. */
const hangUpMs = 150;
/** A removal is asked for again so often, so far apart. */
const removals = 40;
const removalPauseMs = 50;
/** The container may have ended, or gone, meanwhile: what was asked for holds. */
const refused = [404, 409, 500];

export interface EndingInput {
  readonly engine: Engine;
  readonly hub: EventHub;
  readonly clock: Clock;
  /** Whether this container does not run, or is gone. */
  readonly ended: (id: string) => Promise<boolean>;
  /** Lets a paused one go on: signals reach nothing that is frozen. */
  readonly resume: (id: EnvironmentId, signal?: AbortSignal) => Promise<void>;
}

/** Stopping and removing containers. */
export function createEnding({engine, hub, clock, ended, resume}: EndingInput) {
  const post = (id: string, action: string, accept: readonly number[], signal?: AbortSignal) =>
    engine.ask('POST', `${compat}/containers/${id}/${action}`, {accept, signal});

  /** `gone` resolves with the end of a container; `forget` ends the waiting. */
  const watchEnd = async (id: string) => {
    let settle = () => {};
    const gone = new Promise<void>(resolve => {
      settle = resolve;
    });
    // An event may be of an earlier run: what holds is what the engine says now.
    const look = () => void ended(id).then(yes => yes && settle(), settle);
    const forget = await hub.listen(message => {
      if (!('id' in message) || message.id === id) look();
    });
    const within = (ms: number) =>
      new Promise<boolean>(resolve => {
        const cancel = clock.after(ms, () => resolve(false));
        void gone.then(() => {
          cancel();
          resolve(true);
        });
      });
    return {within, forget};
  };

  return {
    async stop(id: EnvironmentId, graceMs: number, signal?: AbortSignal): Promise<void> {
      if (await ended(id)) return;
      const {within, forget} = await watchEnd(id);
      try {
        await resume(id, signal);
        await post(id, 'kill?signal=TERM', refused, signal);
        if (await within(Math.min(hangUpMs, graceMs))) return;
        await post(id, 'kill?signal=HUP', refused, signal);
        if (await within(Math.max(0, graceMs - hangUpMs))) return;
        if (await ended(id)) return;
        await post(id, 'kill?signal=KILL', refused, signal);
        await post(id, 'wait?condition=not-running', [404], signal);
      } finally {
        forget();
      }
    },

    async remove(id: EnvironmentId, signal?: AbortSignal): Promise<void> {
      await resume(id, signal);
      // Killed first: a forced removal alone waits ten seconds for an agent that ignores TERM.
      await post(id, 'kill?signal=KILL', refused, signal);
      faultPoint('podman.killed');
      for (let left = removals; ; left--) {
        const path = `${compat}/containers/${id}?force=true&v=true`;
        const answer = await engine.ask('DELETE', path, {accept: refused, signal});
        if (answer.status < 400 || answer.status === 404) break;
        // The engine's own clean-up of a container that has just ended may still hold its file system.
        if (left === 0) {
          throw new AppError('ENGINE_REFUSED', `The engine could not remove ${id.slice(0, 12)}: ${messageOf(answer)}`);
        }
        await pause(removalPauseMs, signal);
      }
      faultPoint('podman.removed');
    },
  };
}
