import type {SessionView} from '../../src/sessions/port.ts';
import type {RealAgent} from '../support/agents-image/pinned.ts';
import {subjects} from './agents.ts';
import type {AgentsHome} from './home.ts';
import {size} from './typing.ts';

/** A session with a real agent in it that asks before it does anything; its name is the agent's. */
export const createReal = (agents: AgentsHome, name: RealAgent): Promise<SessionView> =>
  agents.port.create(
    {
      ...{name, agent: name, args: [], repo: agents.repo(name), workspace: 'copy', image: agents.image, mode: 'ask'},
      ...{env: {}, here: subjects[name].here, network: 'none', size},
      // Qwen Code takes 2.2 GB for a moment at its first permission of a later turn: at the usual limit it would be killed.
      limits: {memoryBytes: 4 * 2 ** 30, cpus: 2, pids: 512},
    },
    () => {},
    new AbortController().signal,
  );
