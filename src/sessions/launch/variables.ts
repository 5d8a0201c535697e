import {type Agent, type Mode, modes, type Variables} from '../../agents/agent.ts';
import type {Installation} from '../../agents/host/installation.ts';
import {AppError} from '../../errors.ts';
import {usualPath} from '../../providers/provider.ts';

const set = (variables: Variables, names: readonly string[]): Variables =>
  Object.fromEntries(names.flatMap(name => (variables[name] ? [[name, variables[name]]] : [])));

/** What the agent is given to keep to itself: its keys and where its model is, as they are here, and what was asked for. */
export const givenTo = (
  agent: Agent,
  {here = {}, env}: {readonly here?: Variables; readonly env: Variables},
): Variables => ({
  ...set(here, [...agent.credentials, ...agent.baseUrls]),
  ...env,
});

/** How much it may do without asking. Throws MODE_UNKNOWN for one that was asked for and is not to be had. */
export function modeOf(agent: Agent, asked: Mode | undefined, usual: Mode): Mode | null {
  if (asked === undefined) return agent.modes?.[usual] ? usual : null;
  if (agent.modes?.[asked]) return asked;
  const has = modes.filter(mode => agent.modes?.[mode]);
  throw new AppError('MODE_UNKNOWN', `${agent.name} has no mode "${asked}"`, {
    hint: has.length === 0 ? 'It has no modes: leave it out.' : `It has: ${has.join(', ')}.`,
  });
}

const identity = ['GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL', 'GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL'];
const editors = ['EDITOR', 'VISUAL'];

/** A path, or a program with arguments, is one of this machine's. */
const isPlain = (program: string): boolean => /^[\w.+-]+$/.test(program);

/** What everything in the environment sees, the person's shell too; nothing of it is secret. */
export function environmentOf(
  agent: Agent,
  {
    mode,
    here = {},
    zone,
    installation,
  }: {
    readonly mode: Mode | null;
    readonly here?: Variables;
    /** The machine's time zone. */
    readonly zone: string;
    readonly installation?: Installation | undefined;
  },
): Variables {
  const path = [...new Set([...(installation?.path ?? []), ...usualPath.split(':')])].join(':');
  return {
    ...agent.env,
    ...((mode !== null && agent.modes?.[mode]?.env) || {}),
    ...(zone === '' ? {} : {TZ: zone}),
    ...set(here, ['TZ', ...identity]),
    ...Object.fromEntries(Object.entries(set(here, editors)).filter(([, program]) => isPlain(program))),
    ...(installation && installation.path.length > 0 ? {PATH: path} : {}),
  };
}
