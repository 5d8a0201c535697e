import type {Agent} from '../../agents/agent.ts';
import type {Asleep, Phase, StartWay, Status, StatusVerdict} from '../port.ts';
import {mostTypedBytes} from './typed-bytes.ts';

/** So long nothing is typed after a person's last key. */
const personMs = 3000;
/** What is known by looking alone is looked at again after so long. */
const lookAgainMs = 1000;

/** All that decides whether a prompt may be typed now. */
export interface Moment {
  readonly phase: Phase;
  /** It waits for room to start. */
  readonly queued: boolean;
  readonly asleep: Asleep;
  readonly run: StartWay;
  readonly agent: Agent;
  /** Undefined while its terminal is not open and read. */
  readonly terminal:
    | {
        readonly verdict: StatusVerdict;
        readonly bracketedPaste: boolean;
        /** When a person last typed; 0: nobody has. */
        readonly typedAt: number;
        /** What a person has typed may stand in its input. */
        readonly draft: boolean;
      }
    | undefined;
  readonly text: string;
  readonly now: number;
  /** A prompt that failed may still stand in the input. */
  readonly leftOver: boolean;
  /** So long it may take until its status tells that it has the last prompt; 0: it may be trusted. */
  readonly freshMs: number;
}

/** Why a prompt is not typed now. `never`: it cannot be. `again`: look again after so long, nobody will tell. */
export interface Hold {
  readonly why: string;
  readonly never?: boolean;
  readonly again?: number;
}

const phaseWords: Readonly<Record<Exclude<Phase, 'running'>, string>> = {
  creating: 'it is still starting',
  stopping: 'it is being stopped: it waits for the next start',
  stopped: 'it is stopped: it waits for the next start',
  failed: 'it has failed: it waits for the next start',
  lost: 'its container is gone',
};

/** The agent is at something: what is typed would go elsewhere, or answer a dialog. */
const statusWords: Readonly<Partial<Record<Status, string>>> = {
  starting: 'the agent is starting',
  thinking: 'the agent is thinking',
  working: 'the agent is working',
  waiting: 'the agent waits for an answer: attach and give it',
  exited: 'the agent has ended: it waits for the next start',
};

/** Neither the agent nor a rule tells what it does: its silence is all there is. */
const isMute = ({status}: Agent, {source}: StatusVerdict): boolean =>
  (source === 'activity' || source === 'none') &&
  status.screen.length + status.titles.length + status.hooks.length === 0;

/** Undefined: it may be typed now. */
export function holdOf(moment: Moment): Hold | undefined {
  const {phase, queued, asleep, run, agent, terminal, text, now, leftOver, freshMs} = moment;
  if (asleep !== '') return {why: 'it is asleep: it is being woken'};
  if (queued) return {why: 'it waits for room to start'};
  if (phase !== 'running') return {why: phaseWords[phase]};
  if (run === 'shell' && agent.name !== 'shell') return {why: 'a shell runs in its place: it waits for the next start'};
  if (!terminal) return {why: 'its terminal is being opened', again: lookAgainMs};
  const {verdict, bracketedPaste, typedAt, draft} = terminal;
  const busy = statusWords[verdict.status];
  if (busy !== undefined) return {why: busy};
  if (verdict.status === 'unknown' && !isMute(agent, verdict))
    return {why: 'nothing tells whether the agent can take it: attach and look'};
  if (freshMs > 0) return {why: 'the agent has just been given one', again: freshMs};
  const restMs = typedAt === 0 ? 0 : typedAt + personMs - now;
  if (restMs > 0) return {why: 'somebody is typing', again: restMs};
  if (draft) return {why: 'somebody’s draft is in its input', again: lookAgainMs};
  if (leftOver)
    return {
      why: 'the one before may still be in its input: attach and look, or take that one back',
      again: lookAgainMs,
    };
  if (bracketedPaste) return undefined;
  const lines = text.includes('\n');
  if (!lines && Buffer.byteLength(text) <= mostTypedBytes) return undefined;
  const what = lines ? 'several lines' : 'so long a line';
  if (agent.name !== 'shell')
    return {why: `it takes no pasted text now, and ${what} cannot be typed`, again: lookAgainMs};
  return {why: `it takes no pasted text, and would ${lines ? 'run them line by line' : 'cut it off'}`, never: true};
}
