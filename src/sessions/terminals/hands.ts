import type {Status} from '../../agents/status/verdict.ts';
import type {Clock} from '../../lib/clock.ts';
import {createDraft} from '../../terminal/draft.ts';
import {lowPart} from '../prompts/input-box.ts';

/** What the people who are attached do with the keyboard. */
export interface Hands {
  typed(keys: Uint8Array): void;
  /** When one of them last typed; 0: nobody has. */
  readonly typedAt: number;
  /** What they typed may still stand in the agent's input. */
  readonly draft: boolean;
}

export function createHands(options: {
  readonly clock: Clock;
  readonly rows: () => readonly string[];
  readonly status: () => Status;
}): Hands {
  const {clock, rows, status} = options;
  const written = createDraft();
  let typedAt = 0;
  /** The lower part of the screen before the first key. */
  let clean = '';
  const low = () => lowPart(rows()).join('\n');
  return {
    typed(keys) {
      typedAt = clock.now();
      // What answers a dialog is no draft.
      if (status() === 'waiting') return;
      if (written.length === 0) clean = low();
      written.typed(keys);
    },
    get typedAt() {
      return typedAt;
    },
    get draft() {
      if (written.length === 0) return false;
      // Taken back by keys that are not understood here: the screen is as before the first one.
      if (low() === clean) written.clear();
      return written.length > 0;
    },
  };
}
