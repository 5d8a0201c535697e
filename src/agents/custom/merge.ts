import type {Agent} from '../agent.ts';
import {noRules} from '../status/rules.ts';
import type {Entry} from './entry.ts';

/** An agent of the user's own that says no more than its command: it runs with this machine's tools. */
export const bare = (name: string, command: Agent['command']): Agent => ({
  ...{name, title: name, command, args: 'append', home: [], credentials: [], baseUrls: [], hosts: [], env: {}},
  ...{seeds: [], managed: [], image: 'base', reference: 'host', status: noRules},
  install: `put ${command[0]} on your PATH, or name an image that has it: \`image:\` in config.yaml`,
});

/**
 * An agent with what the user says over it: what has names goes in beside what was there, lists and texts take its place, and the
 * user's rules are tried first.
 */
export function over(agent: Agent, name: string, from: string, entry: Partial<Entry>): Agent {
  const {like: _, image, modes, env, status = {}, ...rest} = entry;
  const {screen = [], titles = [], hooks = []} = status;
  return {
    ...agent,
    ...rest,
    ...(image === undefined ? {} : {reference: image}),
    ...(modes === undefined ? {} : {modes: {...agent.modes, ...modes}}),
    env: {...agent.env, ...env},
    status: {
      screen: [...screen, ...agent.status.screen],
      titles: [...titles, ...agent.status.titles],
      hooks: [...hooks, ...agent.status.hooks],
    },
    name,
    from,
  };
}
