import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence} from './evidence.ts';
import type {TitleRule} from './rules.ts';

export type TitleEvidence = Evidence & {
  /** It is known to lie. */
  readonly weak: boolean;
  /** When the title was last written: many agents draw a spinner in it. */
  readonly at: number;
};

/** What the title of the agent's window says. */
export interface TitleLayer {
  feed(title: string): void;
  readonly says: TitleEvidence | undefined;
  forget(): void;
}

export function createTitleLayer(rules: readonly TitleRule[], clock: Clock): TitleLayer {
  let says: TitleEvidence | undefined;
  return {
    feed(title) {
      const rule = rules.find(one => one.title.test(title));
      says = rule && {
        ...evidence(rule.status, 'title', `the window's title: ${rule.id}`, {kind: rule.kind ?? ''}),
        weak: rule.weak === true,
        at: clock.now(),
      };
    },
    get says() {
      return says;
    },
    forget() {
      says = undefined;
    },
  };
}
