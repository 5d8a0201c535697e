/** What the model does with one request of a conversation. Every delay is in milliseconds; `afterMs` is silence before the first byte. */
export type Turn =
  | {readonly do: 'say'; readonly text: string; readonly afterMs?: number; readonly everyMs?: number}
  | {readonly do: 'shell'; readonly command: string; readonly afterMs?: number}
  | {readonly do: 'write'; readonly file: string; readonly content: string; readonly afterMs?: number}
  | {readonly do: 'ask'; readonly question: string; readonly options: readonly string[]; readonly afterMs?: number}
  /** `times`: only that often for one prompt, then the next turn is taken; for ever when left out. */
  | {readonly do: 'fail'; readonly status: number; readonly times?: number; readonly afterMs?: number};

/** By the name that a line of a prompt asks for with `please #name`: what the model does first, after the first answer of a tool, and so on. */
export type Scripts = Readonly<Record<string, readonly Turn[]>>;

/** One message of the conversation, as far as scripts care. */
export interface Message {
  readonly from: 'user' | 'model' | 'other';
  readonly text: string;
}

/** The part of a conversation that a script answers. */
export interface Asked {
  readonly script: string;
  /** The message that asked for it. */
  readonly prompt: string;
  /** Answers of the model since. */
  readonly answered: number;
  /** The scripts that older messages of the conversation asked for. */
  readonly before: readonly string[];
}

// At the beginning of a line: an agent that hands a conversation on to a helper of its own quotes it.
const nameOf = (text: string, scripts: Scripts): string | undefined =>
  [...text.matchAll(/^please #([a-z][a-z0-9-]*)/gm)]
    .map(([, name]) => name!)
    .findLast(name => Object.hasOwn(scripts, name));

/** The newest message that asks for a script. What agents say around it, and older prompts, are passed over. */
export function whatIsAsked(messages: readonly Message[], scripts: Scripts): Asked | undefined {
  for (let at = messages.length - 1; at >= 0; at--) {
    const {from, text} = messages[at]!;
    const script = from === 'user' ? nameOf(text, scripts) : undefined;
    if (script === undefined) continue;
    const answered = messages.slice(at).filter(message => message.from === 'model').length;
    const older = messages.slice(0, at).map(message => nameOf(message.text, scripts));
    return {script, prompt: text, answered, before: older.filter(name => name !== undefined)};
  }
  return undefined;
}

/** Behind the end of a script, and for what asks for none: titles, summaries, suggestions. */
export const otherwise: Turn = {do: 'say', text: 'Done.'};

/** Plays scripts; keeps count of how often it has failed for a prompt. */
export function createPlayer(scripts: Scripts) {
  const failures = new Map<string, number>();
  return (asked: Asked): Turn => {
    let left = asked.answered;
    for (const turn of scripts[asked.script] ?? []) {
      if (turn.do === 'fail') {
        const key = `${asked.script}\n${asked.prompt}`;
        const failed = failures.get(key) ?? 0;
        if (failed >= (turn.times ?? Number.POSITIVE_INFINITY)) continue;
        failures.set(key, failed + 1);
        return turn;
      }
      if (left === 0) return turn;
      left -= 1;
    }
    return otherwise;
  };
}
