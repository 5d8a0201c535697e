import type {AgentInfo} from '../../sessions/port.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Of the asker's variables, those that this agent is given: names and values, for a request only. */
export const broughtBy = (agent: Pick<AgentInfo, 'variables'> | undefined, env: Environment): Record<string, string> =>
  Object.fromEntries(
    (agent?.variables ?? []).flatMap(name => {
      const value = Object.hasOwn(env, name) ? env[name] : undefined;
      return value === undefined || value === '' ? [] : [[name, value] as const];
    }),
  );

/** Their names, keys first. */
export function broughtNames(agent: AgentInfo, present: ReadonlySet<string>): readonly string[] {
  const names = agent.variables.filter(name => present.has(name));
  const isKey = (name: string) => agent.credentials.includes(name);
  return [...names.filter(isKey), ...names.filter(name => !isKey(name))];
}

/** The names of all that are set: what the dashboard may know and show. */
export const namesIn = (env: Environment): ReadonlySet<string> =>
  new Set(Object.keys(env).filter(name => env[name] !== undefined && env[name] !== ''));
