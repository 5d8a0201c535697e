import type {Mode} from '../../agents/agent.ts';

export interface AgentInfo {
  readonly name: string;
  readonly title: string;
  readonly command: readonly string[];
  /** How much it can be told to ask; empty when it has no such choice. */
  readonly modes: readonly Mode[];
  /** It can go on with a conversation after its end. */
  readonly resumes: boolean;
  /** Variables of the asker's environment that a request brings along when they are set: keys, the model's address, PATH, TZ, EDITOR. */
  readonly variables: readonly string[];
  /** Those of them that hold keys. */
  readonly credentials: readonly string[];
  /** The image it runs in, when the engine has it; `host`: the tools of this machine. */
  readonly image: string;
  /** That image is one that Trails builds. */
  readonly builds: boolean;
  /** How a person gets it onto this machine. */
  readonly install: string;
  /** The place in config.yaml that says so, as FILE:LINE; "" of one that Trails knows by itself. */
  readonly from: string;
}

/** `sending`: it is in the agent's input box, and nothing tells yet that it was taken. */
export const promptStates = ['queued', 'sending', 'delivered', 'failed'] as const;
export type PromptState = (typeof promptStates)[number];

/** A prompt on its way to an agent, or the end of that. */
export interface PromptView {
  readonly id: string;
  /** Its beginning, on one line, cleaned. */
  readonly text: string;
  /** Of the whole, in characters. */
  readonly length: number;
  readonly state: PromptState;
  /** Why it still waits, how it is known to be delivered, or why it failed. */
  readonly detail: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When it came into this state. */
  readonly since: number;
}

/** What runs after an agent has ended: it again, it with its last conversation, or a shell in its place. */
export const startWays = ['again', 'resume', 'shell'] as const;
export type StartWay = (typeof startWays)[number];

export interface StartOptions {
  /** `again` when left out. */
  readonly how?: StartWay;
  /** See CreateRequest: what is not given is as it was, or as the daemon still knows it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly here?: Readonly<Record<string, string>>;
}
