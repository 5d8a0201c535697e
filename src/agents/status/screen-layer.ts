import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence, sortOf} from './evidence.ts';
import type {ScreenRule} from './rules.ts';
import {matchScreen, type ScreenSample} from './screen-match.ts';

/** A picture counts once nothing has changed for this long: half of one must not be judged. */
const settledMs = 50;
/** A screen that never rests is looked at all the same, so many times a second. */
const longestWaitMs = 125;
/** An agent that says it draws and never says it is done is not believed for longer. */
const longestDrawingMs = 1000;
/** An agent takes its spinner away a moment before it draws what it ended with, an error or a question. */
const endedMs = 250;
/** What no rule knows may be a picture on its way to another one: what was seen before holds for so long. */
export const holdMs = 4000;

export type ScreenEvidence = Evidence & {readonly always: boolean};

export interface ScreenLayer {
  /** It is another picture: looked at when it has settled. */
  changed(): void;
  /** Looks now, whether it has settled or not. */
  look(): void;
  /** What it shows; what it showed, while a picture that no rule knows is new. */
  readonly shows: ScreenEvidence | undefined;
  /** What was seen is of an earlier run. */
  forget(): void;
  dispose(): void;
}

/** Reads the status from pictures on the screen, as often as is worth it. */
export function createScreenLayer(options: {
  readonly clock: Clock;
  readonly rules: readonly ScreenRule[];
  readonly look: () => ScreenSample;
  readonly clean: (text: string) => string;
  /** What it shows may be something else now. */
  readonly onLook: () => void;
}): ScreenLayer {
  const {clock, rules, clean, onLook} = options;
  let shows: ScreenEvidence | undefined;
  let cancel: (() => void) | undefined;
  let cancelHold: (() => void) | undefined;
  /** It ended, by what it shows, and has not for long enough. */
  let ending: {seen: ScreenEvidence; readonly cancel: () => void} | undefined;
  let first = 0;
  let last = 0;

  const disarm = () => {
    cancelHold?.();
    ending?.cancel();
    cancelHold = undefined;
    ending = undefined;
  };
  const see = (next: ScreenEvidence | undefined) => {
    disarm();
    shows = next;
    onLook();
  };
  const seeEnd = (seen: ScreenEvidence) => {
    if (ending) ending.seen = seen;
    else ending = {seen, cancel: clock.after(endedMs, () => see(ending?.seen))};
  };
  const judge = (sample: ScreenSample) => {
    const match = matchScreen(rules, sample);
    if (match) {
      const {rule, detail} = match;
      const facts = {kind: rule.kind ?? '', detail: clean(detail)};
      const seen = {
        ...evidence(rule.status, 'screen', `on the screen: ${rule.id}`, facts),
        always: rule.always === true,
      };
      if (shows && sortOf(shows) === 'busy' && sortOf(seen) === 'idle') seeEnd(seen);
      else see(seen);
    } else if (shows && !cancelHold) cancelHold = clock.after(holdMs, () => see(undefined));
    else onLook();
  };
  const arm = (ms: number) => {
    cancel = clock.after(ms, () => {
      cancel = undefined;
      const now = clock.now();
      const rested = now - last;
      if (rested < settledMs && now - first < longestWaitMs) return arm(settledMs - rested);
      const sample = options.look();
      if (sample.drawing && now - first < longestDrawingMs) return arm(settledMs);
      judge(sample);
    });
  };

  return {
    changed() {
      if (rules.length === 0) return;
      last = clock.now();
      if (cancel) return;
      first = last;
      arm(settledMs);
    },
    look() {
      if (rules.length > 0) judge(options.look());
    },
    get shows() {
      return shows;
    },
    forget() {
      disarm();
      shows = undefined;
    },
    dispose() {
      disarm();
      cancel?.();
      cancel = undefined;
    },
  };
}
