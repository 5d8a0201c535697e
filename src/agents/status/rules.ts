import type {Kind, Status} from './verdict.ts';

/** What a rule says where it applies. */
export interface Claim {
  readonly status: Status;
  readonly kind?: Kind;
}

/** A picture in the lower rows of the screen that tells what the agent does. */
export interface ScreenRule extends Claim {
  /** Names the rule to a person: "permission dialog". */
  readonly id: string;
  /** Every one of them is found in the rows that are looked at. */
  readonly all: readonly RegExp[];
  /** None of them is. */
  readonly none?: readonly RegExp[];
  /** Rows, counted up from the last one with anything in it; 15 when left out. */
  readonly rows?: number;
  /** No event of the agent's tells of it (trust, login, retry): it holds whatever they say. */
  readonly always?: boolean;
}

export interface TitleRule extends Claim {
  readonly id: string;
  readonly title: RegExp;
}

/** What one event of its hooks or of our plugin means. */
export interface HookRule extends Claim {
  readonly event: string;
  /** Only with this `kind` in the event. */
  readonly of?: string;
}

/** How an agent's status is read, where it does not tell by OSC 7501. The first rule that applies wins. */
export interface StatusRules {
  readonly screen: readonly ScreenRule[];
  readonly titles: readonly TitleRule[];
  readonly hooks: readonly HookRule[];
}

export const noRules: StatusRules = {screen: [], titles: [], hooks: []};
