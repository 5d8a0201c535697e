import type {Clock} from '../../lib/clock.ts';
import {type Evidence, evidence, sortOf} from './evidence.ts';
import {createFootReader, type ScreenSample} from './foot.ts';
import {pulseOf} from './pulse.ts';
import type {ScreenRule} from './rules.ts';
import {matchScreen} from './screen-match.ts';

/** A picture counts once nothing has changed for this long: half of one must not be judged. */
const settledMs = 50;
/** A spinner turns more often: a screen that has rested for so long shows something else. */
const restedMs = 150;
/** A screen that never rests is looked at all the same, when so much time has passed. */
const longestWaitMs = 125;
/** It is looked at no more often than this; a restless one that shows the same time after time, less often. */
const gapMs = {least: 125, same: 400};
const sameTimes = 4;
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
  const read = createFootReader();
  const pulse = pulseOf(clock);
  let shows: ScreenEvidence | undefined;
  let cancel: (() => void) | undefined;
  let cancelHold: (() => void) | undefined;
  /** It ended, by what it shows, and has not for long enough. */
  let ending: {seen: ScreenEvidence; readonly cancel: () => void} | undefined;
  let first = 0;
  let last = 0;
  let looked = Number.NEGATIVE_INFINITY;
  /** How often in a row it showed the same. */
  let times = 0;

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
    const match = matchScreen(rules, read(sample));
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
  /** Whether it is still to be looked at. */
  const beat = (): boolean => {
    const now = clock.now();
    const rests = now - last;
    const due = rests >= restedMs || times < sameTimes ? gapMs.least : gapMs.same;
    if ((rests < settledMs && now - first < longestWaitMs) || now - looked < due) return true;
    const sample = options.look();
    if (sample.drawing && now - first < longestDrawingMs) return true;
    cancel = undefined;
    looked = now;
    const before = shows?.rule;
    judge(sample);
    times = shows?.rule === before ? times + 1 : 0;
    return false;
  };

  return {
    changed() {
      if (rules.length === 0) return;
      last = clock.now();
      if (cancel) return;
      first = last;
      cancel = pulse.ask(beat);
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
