import {existsSync, realpathSync} from 'node:fs';
import type {Agent} from '../../agents/agent.ts';
import {type Installation, installationOf} from '../../agents/host/installation.ts';
import {shell} from '../../agents/known/shell.ts';
import {type CommandLine, commandLine} from '../../agents/launch/command-line.ts';
import {AppError} from '../../errors.ts';
import type {Mount, Provider} from '../../providers/provider.ts';
import type {Context} from '../context.ts';
import type {CreateRequest, StartWay} from '../port.ts';
import type {SessionRecord} from '../record.ts';
import {environmentOf} from './variables.ts';

/** How an agent is brought into its environment: known before anything is made. */
export interface Launch {
  readonly agent: Agent;
  /** Undefined where its image has it. */
  readonly installation: Installation | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** Whether its environments are given anything of this machine but a workspace. */
export const seesMachine = (provider: Provider): boolean => provider.supports.machine !== 'nothing';

const zoneOfMachine = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** A command by its whole path is part of what it runs in. */
const isLookedFor = ({command: [program]}: Agent): boolean => !program.startsWith('/');

/** Throws AGENT_MISSING, NOT_ALLOWED for an agent that has to be on this machine and is not. */
export function launchFor(
  context: Context,
  provider: Provider,
  {
    agent,
    request,
    image,
    mode,
  }: {
    readonly agent: Agent;
    readonly request: Pick<CreateRequest, 'here' | 'args'>;
    readonly image: string;
    readonly mode: SessionRecord['mode'];
  },
): Launch {
  const ofHost = image === 'host' && provider.supports.machine === 'mounted' && isLookedFor(agent);
  const {machine} = context;
  const installation = ofHost
    ? installationOf(agent, {path: request.here?.PATH ?? machine.path, home: machine.home})
    : undefined;
  return {
    agent,
    installation,
    env: environmentOf(agent, {mode, here: request.here ?? {}, zone: zoneOfMachine(), installation}),
  };
}

/** The agent with the program that was found for it. */
export const located = (agent: Agent, program: string | null): Agent =>
  program === null ? agent : {...agent, command: [program, ...agent.command.slice(1)]};

/**
 * What a start of a session runs: its agent again, its agent with the conversation it had, or a shell. `prompt`: the agent's first one.
 * Throws UNSUPPORTED for an agent that cannot go on.
 */
export async function commandOf(
  context: Context,
  record: SessionRecord,
  {how, prompt}: {readonly how: StartWay; readonly prompt?: string},
): Promise<CommandLine> {
  if (how === 'shell') return shell.command;
  if (how === 'again' && prompt === undefined) return record.command;
  const agent = (await context.agents()).named(record.agent);
  if (how === 'resume' && !agent.resume)
    throw new AppError('UNSUPPORTED', `${agent.title} cannot go on with a conversation`, {
      hint: `Begin anew: \`trails start ${record.name}\`.`,
    });
  const {args, mode, conversation} = record;
  return commandLine(located(agent, record.program), {
    ...{args, mode, how, conversation},
    ...(prompt === undefined ? {} : {prompt}),
  });
}

/** What of this machine its environment sees besides its own directories. */
export function machineMounts({installation}: Launch, image: string): readonly Mount[] {
  const pieces = (installation?.pieces ?? []).map(piece => ({...piece, readOnly: true}));
  const zone = image !== 'host' && existsSync('/etc/localtime') ? realpathSync('/etc/localtime') : undefined;
  return [...pieces, ...(zone === undefined ? [] : [{source: zone, target: '/etc/localtime', readOnly: true}])];
}
