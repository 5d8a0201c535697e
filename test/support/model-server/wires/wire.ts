import type {Message} from '../script.ts';
import type {Call} from '../tools.ts';

/** What a request says, whichever protocol it came in. */
export interface Request {
  readonly messages: readonly Message[];
  readonly tools: readonly string[];
  readonly stream: boolean;
  /** The answer has to be JSON of this form. */
  readonly schema?: unknown;
}

export type Answer = {readonly text: string} | {readonly call: Call};

/** An answer as server-sent events: `text` holds one for each piece, so that they can be sent slowly. */
export interface Events {
  readonly head: readonly string[];
  readonly text: readonly string[];
  readonly tail: readonly string[];
}

/** One protocol that agents speak with models. */
export interface Wire {
  readonly name: string;
  readonly path: RegExp;
  read(body: Record<string, unknown>, path: string): Request;
  /** `pieces`: the text of the answer, cut up; of a call none. */
  events(answer: Answer, pieces: readonly string[]): Events;
  /** The same in one piece. */
  whole(answer: Answer): object;
  error(status: number, message: string): object;
}

let last = 0;
/** An id that no other answer has. */
export function freshId(prefix: string): string {
  last += 1;
  return `${prefix}_${last}`;
}

export const event = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;
/** One that is named, and says its name in its data too. */
export const named = (type: string, data: object = {}): string => `event: ${type}\n${event({type, ...data})}`;

/** The text of a message's content, which protocols write as a string or as parts with a text each. */
export const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map(part => (typeof part?.text === 'string' ? part.text : '')).join('\n')
      : '';

export const list = (value: unknown): readonly Record<string, unknown>[] => (Array.isArray(value) ? value : []);
