import {onTestFinished} from 'vitest';
import {type Clock, systemClock} from '../../src/lib/clock.ts';
import type {AttachmentEnd, SessionView, Size} from '../../src/sessions/port.ts';
import type {Attachable} from '../../src/terminal/attach.ts';
import {createDashboard} from '../../src/ui/dashboard.ts';
import type {State} from '../../src/ui/state.ts';
import {fakePort} from './fake-port.ts';
import {keys} from './ui-keys.ts';

/** A dashboard over a fake port, without a terminal: keys in, state out. */
export function openDashboard(
  sessions: readonly SessionView[],
  options: {
    readonly size?: Size;
    readonly clock?: Clock;
    readonly env?: Readonly<Record<string, string>>;
    readonly prepare?: (fake: Fake) => void;
  } = {},
) {
  const fake = fakePort(sessions);
  options.prepare?.(fake);
  const lent: Attachable<AttachmentEnd>[] = [];
  const rung: string[] = [];
  const dashboard = createDashboard({
    port: fake.port,
    clock: options.clock ?? systemClock,
    size: options.size ?? {columns: 120, rows: 40},
    dev: false,
    version: '0.1.0',
    cwd: '/home/ada/projects/api',
    detachKey: 'ctrl-q',
    env: options.env ?? {},
    ring: text => rung.push(text),
    lend: attachment => {
      lent.push(attachment);
      return attachment.closed;
    },
  });
  onTestFinished(() => dashboard.close());
  const state = () => dashboard.drawn.getState();
  /** Resolves as soon as what is drawn fulfils the condition. */
  const until = (condition: (state: State) => boolean) =>
    new Promise<State>(resolve => {
      const look = (now: State) => {
        if (!condition(now)) return false;
        resolve(now);
        return true;
      };
      if (look(state())) return;
      const stop = dashboard.drawn.subscribe(now => {
        if (look(now)) stop();
      });
    });
  return {
    fake,
    lent,
    rung,
    dashboard,
    state,
    until,
    press: (...names: readonly string[]) => dashboard.press(keys(...names)),
    listed: () => until(now => now.sessions !== undefined),
    names: () => state().sessions?.map(({name}) => name),
    said: () => state().notices.map(({text}) => text),
  };
}

export type Fake = ReturnType<typeof fakePort>;
