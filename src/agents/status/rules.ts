import type {Kind, Status} from './verdict.ts';

/** What a rule says where it applies. */
export interface Claim {
  readonly status: Status;
  readonly kind?: Kind;
}

/**
 * A picture in the lower rows of the screen that tells what the agent does. It keys on how the agent draws (its input box, its footer,
 * a mark in the first column), never on words alone: an answer or a file on the screen may hold any words.
 */
export interface ScreenRule extends Claim {
  /** Names the rule to a person: "permission dialog". */
  readonly id: string;
  /** Every one of them is found in the rows that are looked at: joined by line feeds, blank ones in a row being one. */
  readonly all?: readonly RegExp[];
  /** Every one is found in the same rows as running text: frames, indents and line ends are one space, so wrapping does not matter. */
  readonly says?: readonly RegExp[];
  /** None of them is found in the rows. */
  readonly none?: readonly RegExp[];
  /** Every one is found in the rows with the colour of each one's first character before it: `e06c75 ┃  text`, `- text`. */
  readonly coloured?: readonly RegExp[];
  /** Rows, counted up from the last one with anything in it; 15 when left out. */
  readonly rows?: number;
  /** No event of the agent's tells of it (trust, login, retry): it holds whatever they say. */
  readonly always?: boolean;
  /** Its first group, found in the rows, is what it waits for or failed of; frames and line ends are taken out of it. */
  readonly detail?: RegExp;
}

export interface TitleRule extends Claim {
  readonly id: string;
  readonly title: RegExp;
  /** It is known to lie: it counts only where the screen tells nothing. */
  readonly weak?: boolean;
}

/** What one event of its hooks or of our plugin means; without a status it is only known. */
export interface HookRule extends Partial<Claim> {
  readonly event: string;
  /** Only with this `kind` in the event. */
  readonly of?: string;
  /** Only of this tool. */
  readonly tool?: string;
  /**
   * A conversation begins: the one that the event names is the agent's own from here on, all others are foreign. `idle`: only while the one
   * before does nothing, for what a helper of the agent's does in the middle of its work looks the same.
   */
  readonly begins?: 'always' | 'idle';
  /** It says nothing new while this is what the event before it said: opencode is idle after an error, too. */
  readonly unless?: Status;
}

/** How an agent's status is read, where it does not tell by OSC 7501. The first rule that applies wins. */
export interface StatusRules {
  readonly screen: readonly ScreenRule[];
  readonly titles: readonly TitleRule[];
  readonly hooks: readonly HookRule[];
}

export const noRules: StatusRules = {screen: [], titles: [], hooks: []};
