import type {Clock} from '../../lib/clock.ts';
import {createProgramStatuses} from './program-status.ts';
import type {StatusRules} from './rules.ts';
import type {Kind, StatusVerdict} from './verdict.ts';

/** Output that stops for this long counts as quiet. */
const quietAfterMs = 3000;

/** What the detector may see of a screen when it looks. */
export interface ScreenSample {
  /** Plain text, from the top, without trailing spaces. */
  readonly rows: readonly string[];
  readonly altScreen: boolean;
}

export interface Detector {
  /** The environment runs (a new run begins) or has ended. */
  container(state: 'running' | 'exited', exitCode?: number | null): void;
  osc7501(payload: string): void;
  /** The terminal's title, cleaned. */
  title(title: string): void;
  /** One line that the agent's hook or our plugin wrote: JSON of `{event, kind?, tool?, session?}`, as forgeable as all the rest. */
  hook(line: string): void;
  /** The screen is another one: it is looked at when it is time. */
  screenChanged(): void;
  output(): void;
  /** What was printed before now has been read: there was output, at a time nobody knows. */
  replayed(): void;
  readonly verdict: StatusVerdict;
  /** The agent's own name of its conversation, from its hooks; "" while it has told none. */
  readonly conversation: string;
  dispose(): void;
}

type Evidence = Omit<StatusVerdict, 'since'>;

/**
 * Layers of evidence about one agent; the first that applies wins and is named in the verdict. It is advice for a person:
 * the agent can forge all but the container's end.
 */
export function createDetector(options: {
  readonly clock: Clock;
  readonly rules: StatusRules;
  readonly look: () => ScreenSample;
  readonly clean: (text: string) => string;
  readonly onChange: () => void;
}): Detector {
  const {clock, clean, onChange} = options;
  const programs = createProgramStatuses(clean);
  let container: Evidence | undefined;
  let activity: Evidence = {status: 'starting', source: 'none', rule: 'nothing printed yet', detail: '', kind: ''};
  let lastOutput = 0;
  let cancelQuiet: (() => void) | undefined;
  let verdict: StatusVerdict = {...activity, since: clock.now()};

  const program = (): Evidence | undefined => {
    const said = programs.current();
    return (
      said && {
        status: said.status,
        source: 'osc7501',
        rule: `OSC 7501 state=${said.state}${said.kind ? ` kind=${said.kind}` : ''}`,
        detail: said.message,
        kind: said.kind as Kind,
      }
    );
  };

  const settle = () => {
    const next = container ?? program() ?? activity;
    const same = next.status === verdict.status && next.source === verdict.source;
    if (same && next.rule === verdict.rule && next.detail === verdict.detail) return;
    verdict = {...next, since: next.status === verdict.status ? verdict.since : clock.now()};
    onChange();
  };

  // One timer a burst, not one a piece of output: it looks again when output went on meanwhile.
  const armQuiet = (ms: number) => {
    cancelQuiet = clock.after(ms, () => {
      cancelQuiet = undefined;
      const left = lastOutput + quietAfterMs - clock.now();
      if (left > 0) armQuiet(left);
      else quiet();
    });
  };
  const disarm = () => {
    cancelQuiet?.();
    cancelQuiet = undefined;
  };

  const quiet = () => {
    activity = {
      status: 'unknown',
      source: 'activity',
      rule: 'quiet: no output, and the agent reports no status',
      detail: '',
      kind: '',
    };
    settle();
  };

  return {
    container(state, exitCode) {
      disarm();
      programs.clear();
      activity = {status: 'starting', source: 'none', rule: 'nothing printed yet', detail: '', kind: ''};
      container =
        state === 'running'
          ? undefined
          : {
              status: 'exited',
              source: 'container',
              rule: `the container ended with code ${exitCode ?? '?'}`,
              detail: '',
              kind: '',
            };
      settle();
    },
    osc7501(payload) {
      if (programs.feed(payload)) settle();
    },
    title() {},
    hook() {},
    screenChanged() {},
    replayed: quiet,
    output() {
      lastOutput = clock.now();
      if (cancelQuiet) return;
      armQuiet(quietAfterMs);
      activity = {
        status: 'working',
        source: 'activity',
        rule: 'it prints, and reports no status of its own',
        detail: '',
        kind: '',
      };
      settle();
    },
    get verdict() {
      return verdict;
    },
    conversation: '',
    dispose: disarm,
  };
}
