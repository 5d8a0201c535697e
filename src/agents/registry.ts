import {AppError} from '../errors.ts';
import type {Agent} from './agent.ts';
import {knownAgents} from './known/known.ts';

/** The agents there are: Trails' own, and those of the user's config.yaml over them. */
export interface Agents {
  readonly all: readonly Agent[];
  /** Throws AGENT_UNKNOWN, naming the known ones. */
  named(name: string): Agent;
  /** For a session whose agent is no longer known: what any program would get. */
  orShell(name: string): Agent;
}

export function agentsOf(all: readonly Agent[]): Agents {
  const find = (name: string) => all.find(one => one.name === name);
  return {
    all,
    named(name) {
      const agent = find(name);
      if (agent) return agent;
      const shown = name.replace(/\p{Cc}/gu, '?').slice(0, 60);
      throw new AppError(
        'AGENT_UNKNOWN',
        `There is no agent "${shown}"; known: ${all.map(one => one.name).join(', ')}`,
      );
    },
    orShell: name => find(name) ?? find('shell') ?? all[0]!,
  };
}

export const builtIn: Agents = agentsOf(knownAgents);
