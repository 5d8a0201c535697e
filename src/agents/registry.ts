import {AppError} from '../errors.ts';
import type {Agent} from './agent.ts';
import {shell} from './shell.ts';

const known: readonly Agent[] = [shell];

export const agents = (): readonly Agent[] => known;

/** Throws AGENT_UNKNOWN, naming the known ones. */
export function agentNamed(name: string): Agent {
  const agent = known.find(one => one.name === name);
  if (agent) return agent;
  const shown = name.replace(/\p{Cc}/gu, '?').slice(0, 60);
  throw new AppError('AGENT_UNKNOWN', `There is no agent "${shown}"; known: ${known.map(one => one.name).join(', ')}`);
}

/** What is run for a request: the agent's command with the user's arguments. */
export function commandFor(agent: Agent, args: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = args;
  if (first === undefined) return agent.command;
  return agent.args === 'replace' ? [first, ...rest] : [...agent.command, ...args];
}
