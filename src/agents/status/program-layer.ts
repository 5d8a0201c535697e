import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence, sortOf} from './evidence.ts';
import {createProgramStatuses} from './program-status.ts';
import type {Kind} from './verdict.ts';

/** An agent that has just started says for a moment that it works, with nothing to do. */
const blipMs = 900;

/** What programs in the terminal say of themselves by OSC 7501. */
export interface ProgramLayer {
  feed(payload: string): void;
  /** The most urgent record. `confirmed`: something else says that it works, so that need not be waited for. */
  says(confirmed: boolean): Evidence | undefined;
  /** Every record is void. */
  clear(): void;
  /** A new run: its first work may be a blip again. */
  forget(): void;
  dispose(): void;
}

export function createProgramLayer(options: {
  readonly clock: Clock;
  readonly clean: (text: string) => string;
  readonly onChange: () => void;
}): ProgramLayer {
  const {clock, onChange} = options;
  const programs = createProgramStatuses(options.clean);
  /** What it said before it first said that it works; that still holds until it has worked for longer than a blip. */
  let before: Evidence | undefined;
  let trial: (() => void) | undefined;
  let proven = false;
  let busySince = 0;

  const current = (): Evidence | undefined => {
    const said = programs.current();
    if (!said) return undefined;
    const rule = `OSC 7501 state=${said.state}${said.kind ? ` kind=${said.kind}` : ''}`;
    return evidence(said.status, 'osc7501', rule, {kind: said.kind as Kind, detail: said.message});
  };
  const endTrial = () => {
    trial?.();
    trial = undefined;
  };

  return {
    feed(payload) {
      const last = current();
      if (!programs.feed(payload)) return;
      const now = current();
      const busy = now !== undefined && sortOf(now) === 'busy';
      if (busy && (!last || sortOf(last) !== 'busy')) busySince = clock.now();
      if (!busy) {
        proven ||= last !== undefined && sortOf(last) === 'busy' && clock.now() - busySince >= blipMs;
        endTrial();
      } else if (!proven && !trial && last && sortOf(last) === 'idle') {
        before = last;
        trial = clock.after(blipMs, () => {
          trial = undefined;
          proven = true;
          onChange();
        });
      }
      onChange();
    },
    says(confirmed) {
      if (!trial) return current();
      if (!confirmed) return before;
      endTrial();
      proven = true;
      return current();
    },
    clear() {
      endTrial();
      programs.clear();
    },
    forget() {
      endTrial();
      programs.clear();
      before = undefined;
      proven = false;
    },
    dispose: endTrial,
  };
}
