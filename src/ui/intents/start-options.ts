import type {StartOptions, StartWay} from '../../sessions/port.ts';
import type {Context} from '../context.ts';
import {broughtBy} from '../models/brought.ts';

/** An agent is given its keys anew at each start: whoever kept them in memory may have been restarted since. */
export async function startOptions({port, env}: Context, agent: string, how: StartWay): Promise<StartOptions> {
  const known = await port.agents();
  return {
    how,
    here: broughtBy(
      known.find(({name}) => name === agent),
      env,
    ),
  };
}
