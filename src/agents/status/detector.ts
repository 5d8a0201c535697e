import type {Clock} from '../../lib/clock.ts';
import {createActivityLayer} from './activity-layer.ts';
import {type Evidence, evidence, sortOf} from './evidence.ts';
import type {ScreenSample} from './foot.ts';
import {createHookLayer} from './hook-layer.ts';
import {createProgramLayer} from './program-layer.ts';
import type {StatusRules} from './rules.ts';
import {createScreenLayer} from './screen-layer.ts';
import {createTitleLayer} from './title-layer.ts';
import type {StatusVerdict} from './verdict.ts';
import {silentMs, trustMs, weigh} from './weigh.ts';

export type {ScreenSample} from './foot.ts';

/** A dialog is drawn within this time of the event that tells of it; output after it is of something else. */
const drawnMs = 1000;
/**
 * So soon after an event the picture may be the one from before it, drawn late: opencode takes up to 0.4 s to show that it works. An agent
 * always tells that it begins, not always that it was interrupted, and a dialog is gone as soon as it is answered.
 */
const lateMs = (hook: Evidence): number => ({idle: trustMs, busy: 700, waiting: 100, other: 0})[sortOf(hook)];
/** An agent may take so long to show anything that tells. */
const startMs = 30_000;
/** An event that said it works, and no output and no event since: nobody knows any more. */
const staleMs = 120_000;

export interface Detector {
  /** The environment runs (a new run begins) or has ended. */
  container(state: 'running' | 'exited', exitCode?: number | null): void;
  osc7501(payload: string): void;
  /** The terminal was reset: what programs said of themselves is void. */
  reset(): void;
  /** The terminal's title, cleaned. */
  title(title: string): void;
  /** One line that the agent's hook or our plugin wrote: JSON of `{event, kind?, tool?, session?}`, as forgeable as all the rest. */
  hook(line: string): void;
  /** The screen is another one: it is looked at when it is time. */
  screenChanged(): void;
  /** Looks at the screen now: it is known to be whole, or somebody is about to type and does not go by what it showed a moment ago. */
  look(): void;
  output(): void;
  /** What was printed before now has been read: there was output, at a time nobody knows. */
  replayed(): void;
  readonly verdict: StatusVerdict;
  /** The agent's own name of its conversation, from its hooks; "" while it has told none. */
  readonly conversation: string;
  dispose(): void;
}

export interface DetectorOptions {
  readonly clock: Clock;
  readonly rules: StatusRules;
  readonly look: () => ScreenSample;
  readonly clean: (text: string) => string;
  readonly onChange: () => void;
}

/**
 * Layers of evidence about one agent; the first that applies wins and is named in the verdict. It is advice for a person:
 * the agent can forge all but the container's end.
 */
export function createDetector({clock, rules, look, clean, onChange}: DetectorOptions): Detector {
  let container: Evidence | undefined;
  let verdict: StatusVerdict | undefined;
  let cancelRecheck: (() => void) | undefined;
  let recheckAt = 0;
  /** Something other than its output told a status, in this run. */
  let known = false;
  let began = clock.now();

  const settle = () => {
    if (!verdict) return;
    const next = decide();
    const {status, kind, source, rule, detail} = verdict;
    const same = next.status === status && next.source === source && next.rule === rule;
    if (same && next.kind === kind && next.detail === detail) return;
    verdict = {...next, since: next.status === status ? verdict.since : clock.now()};
    onChange();
  };
  const activity = createActivityLayer(clock, settle);
  const programs = createProgramLayer({clock, clean, onChange: settle});
  const titles = createTitleLayer(rules.titles, clock);
  const hooks = createHookLayer(rules.hooks, clock);
  let lastShown: string | undefined;
  /** When the picture became of that sort. */
  let shownAt = 0;
  const screen = createScreenLayer({
    ...{clock, look, clean, rules: rules.screen},
    onLook() {
      const {shows} = screen;
      if (shows && lastShown !== sortOf(shows)) {
        lastShown = sortOf(shows);
        shownAt = clock.now();
      }
      settle();
    },
  });

  /** Of an agent whose pictures are known, output alone tells nothing before the first of them. */
  const unheard = (): Evidence => {
    if (known || rules.screen.length === 0 || activity.says.source === 'none') return activity.says;
    if (clock.now() - began >= startMs) return activity.says;
    recheck(began + startMs);
    return evidence('starting', 'activity', 'it has begun, and shows nothing yet that tells its status');
  };
  /** Looks again at this time: something is no longer believed then. */
  const recheck = (at: number) => {
    if (at <= clock.now() || (cancelRecheck && recheckAt <= at)) return;
    cancelRecheck?.();
    recheckAt = at;
    cancelRecheck = clock.after(at - clock.now(), () => {
      cancelRecheck = undefined;
      settle();
    });
  };
  /** It tells that it has begun before there is anything to type into. */
  const nothingDrawn = (now: number): boolean =>
    rules.screen.length > 0 && lastShown === undefined && now - began < startMs;
  const decide = (): Evidence => {
    const now = clock.now();
    const {shows} = screen;
    const title = titles.says;
    const early = hooks.says !== undefined && sortOf(hooks.says) === 'idle' && nothingDrawn(now);
    if (early) recheck(began + startMs);
    const hook = early ? undefined : hooks.says;
    if (hook && sortOf(hook) === 'busy' && now - Math.max(hook.at, activity.lastOutput) >= staleMs) hooks.supersede();
    // A picture that has changed since the event knows better than the event.
    if (hook && shows && sortOf(hook) !== sortOf(shows) && hook.at < shownAt) {
      if (now - hook.at >= lateMs(hook)) hooks.supersede();
      else recheck(hook.at + lateMs(hook));
    }
    const confirmed = shows !== undefined && sortOf(shows) === 'busy';
    const layers = {
      container,
      program: programs.says(confirmed),
      hook: early ? undefined : hooks.says,
      title,
      screen: shows,
    };
    known ||= (layers.program ?? hook ?? shows ?? (title && !title.weak ? title : undefined)) !== undefined;
    const decided = weigh({...layers, activity: unheard(), lastOutput: activity.lastOutput}, now);
    const doubted = shows !== undefined && sortOf(decided) !== sortOf(shows);
    if (decided.source === 'hook' && hook)
      recheck(doubted ? hook.at + trustMs : Math.max(hook.at, activity.lastOutput) + staleMs);
    if (decided.source === 'title' && title && doubted)
      recheck(Math.max(title.at + trustMs, activity.lastOutput + silentMs));
    return decided;
  };
  const forget = () => {
    for (const layer of [programs, titles, hooks, screen, activity]) layer.forget();
    lastShown = undefined;
    shownAt = 0;
    known = false;
    began = clock.now();
    cancelRecheck?.();
    cancelRecheck = undefined;
  };
  verdict = {...decide(), since: clock.now()};

  return {
    container(state, exitCode) {
      if (state === 'running') {
        forget();
        container = undefined;
      } else {
        screen.dispose();
        activity.dispose();
        programs.clear();
        cancelRecheck?.();
        cancelRecheck = undefined;
        container = evidence('exited', 'container', `the container ended with code ${exitCode ?? '?'}`);
      }
      settle();
    },
    osc7501: programs.feed,
    reset() {
      programs.clear();
      settle();
    },
    title(title) {
      titles.feed(title);
      const {says} = titles;
      const hook = hooks.says;
      // A title that says it works is written when it does.
      if (says && hook && sortOf(says) === 'busy' && sortOf(hook) === 'waiting') hooks.supersede();
      settle();
    },
    hook(line) {
      if (hooks.feed(line)) settle();
    },
    screenChanged: screen.changed,
    look: screen.look,
    output() {
      const hook = hooks.says;
      // Without pictures to go by: it was answered, and goes on.
      const answered = hook?.status === 'waiting' && !screen.shows && clock.now() - hook.at > drawnMs;
      if (answered) hooks.supersede();
      activity.output();
      if (answered) settle();
    },
    replayed() {
      activity.rest();
      screen.look();
    },
    get verdict() {
      return verdict!;
    },
    get conversation() {
      return hooks.conversation;
    },
    dispose() {
      cancelRecheck?.();
      for (const layer of [programs, screen, activity]) layer.dispose();
    },
  };
}
