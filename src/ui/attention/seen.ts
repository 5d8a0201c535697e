import {elapsed} from '../../lib/clock.ts';
import type {Context} from '../context.ts';
import type {Follower} from '../followers.ts';
import {inView} from '../in-view.ts';
import type {State} from '../state.ts';

/** Who goes through the list has not looked at what he passes. */
export const lookMs = 1000;

const uncovered = ({overlay}: State): boolean => overlay.kind === 'none' || overlay.kind === 'filter';

/** A screen that was in view for a while was looked at. */
export const seeing = ({port, clock, fail}: Context): Follower => ({
  key(state) {
    const session = uncovered(state) ? inView(state, 'screen') : undefined;
    return session?.unseen ? `unseen ${session.phase} ${session.status.status} ${session.status.since}` : undefined;
  },
  async run(id, _state, signal) {
    await elapsed(clock, lookMs, signal);
    if (!signal.aborted) await port.seen(id).catch(fail);
  },
});
