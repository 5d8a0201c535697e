import type {Clock} from '../../lib/clock.ts';
import {createProgramStatuses} from './program-status.ts';
import type {StatusVerdict} from './verdict.ts';

/** Output that stops for this long counts as quiet. */
const quietAfterMs = 3000;

export interface Detector {
  /** The environment runs (a new run begins) or has ended. */
  container(state: 'running' | 'exited', exitCode?: number | null): void;
  osc7501(payload: string): void;
  output(): void;
  /** What was printed before now has been read: there was output, at a time nobody knows. */
  replayed(): void;
  readonly verdict: StatusVerdict;
  dispose(): void;
}

type Evidence = Omit<StatusVerdict, 'since'>;

/**
 * Layers of evidence about one agent; the first that applies wins and is named in the verdict. It is advice for a person:
 * the agent can forge all but the container's end.
 */
export function createDetector(options: {
  readonly clock: Clock;
  readonly clean: (text: string) => string;
  readonly onChange: () => void;
}): Detector {
  const {clock, clean, onChange} = options;
  const programs = createProgramStatuses(clean);
  let container: Evidence | undefined;
  let activity: Evidence = {status: 'starting', source: 'none', rule: 'nothing printed yet', detail: ''};
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
    };
    settle();
  };

  return {
    container(state, exitCode) {
      disarm();
      programs.clear();
      activity = {status: 'starting', source: 'none', rule: 'nothing printed yet', detail: ''};
      container =
        state === 'running'
          ? undefined
          : {
              status: 'exited',
              source: 'container',
              rule: `the container ended with code ${exitCode ?? '?'}`,
              detail: '',
            };
      settle();
    },
    osc7501(payload) {
      if (programs.feed(payload)) settle();
    },
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
      };
      settle();
    },
    get verdict() {
      return verdict;
    },
    dispose: disarm,
  };
}
