import type {Agent, Mode} from '../agent.ts';

export type CommandLine = readonly [string, ...string[]];

export interface Run {
  /** The user's own. */
  readonly args: readonly string[];
  /** Null, or one that the agent does not have: it asks as much as it does by itself. */
  readonly mode: Mode | null;
  readonly how: 'again' | 'resume';
  /** Of a resume: the conversation to go on with; "" for the last one. */
  readonly conversation: string;
  /** Its first prompt; an agent that takes none on its command line gets it typed. */
  readonly prompt?: string;
}

/** Agents tell the name of a conversation, and what they tell may be made up: it must not be read as an option. */
const aConversation = /^[A-Za-z0-9][\w.:-]{0,127}$/;

const filled = (args: readonly string[], holder: string, value: string): readonly string[] =>
  args.map(arg => arg.replaceAll(holder, () => value));

function resumeArgs({resume}: Agent, {how, conversation}: Run): readonly string[] {
  if (how !== 'resume' || !resume) return [];
  const named = resume.one !== undefined && aConversation.test(conversation);
  return named ? filled(resume.one ?? [], '{id}', conversation) : resume.last;
}

/** What runs for an agent, argument by argument: its command, what goes on, how much it asks, the user's arguments, its first prompt. */
export function commandLine(agent: Agent, run: Run): CommandLine {
  const {args, mode, prompt} = run;
  const [first, ...rest] = args;
  if (agent.args === 'replace' && first !== undefined) return [first, ...rest];
  return [
    ...agent.command,
    ...resumeArgs(agent, run),
    ...((mode !== null && agent.modes?.[mode]?.args) || []),
    ...args,
    ...(prompt === undefined || !agent.prompt ? [] : filled(agent.prompt, '{prompt}', prompt)),
  ];
}
