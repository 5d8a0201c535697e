import {setImmediate as immediate} from 'node:timers/promises';
import {render} from 'ink';
import {type Clock, elapsed} from '../lib/clock.ts';
import type {AttachmentEnd, SessionsPort} from '../sessions/port.ts';
import type {runAttach} from '../terminal/attach.ts';
import {App, type Suspend} from './App.tsx';
import type {LendTerminal} from './context.ts';
import {createDashboard} from './dashboard.ts';
import {createPaneOverlay} from './pane-overlay.ts';
import {themeFor} from './theme.ts';

export interface DashboardOptions {
  readonly port: SessionsPort;
  readonly clock: Clock;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Shown in the header: this is the mock provider. */
  readonly dev: boolean;
  readonly detachKey: string;
  /** Where a new session works unless another directory is written. */
  readonly cwd: string;
  /** False under NO_COLOR. */
  readonly colors: boolean;
  /** False where the locale cannot show our glyphs. */
  readonly unicode: boolean;
  readonly version: string;
  readonly runAttach: typeof runAttach<AttachmentEnd>;
}

/** The first picture waits so long for the first list. */
const patienceMs = 80;

const ignore = () => {};
const heldSignals = ['SIGINT', 'SIGTSTP'] as const;

/** Gives the terminal to a session. What a key of its own would do to us is ignored meanwhile. */
const lender =
  ({stdin, stdout, detachKey, clock, runAttach}: DashboardOptions, suspend: () => Suspend): LendTerminal =>
  async (attachment, back) => {
    let end: AttachmentEnd = {reason: 'detached'};
    await suspend()(async () => {
      stdin.setRawMode(true);
      // Ink has let go only of the events: its last read is still under way, and would take the first key.
      await immediate();
      // Ink has also let the process go; while attached it is the keyboard that keeps it.
      stdin.ref();
      for (const signal of heldSignals) process.on(signal, ignore);
      try {
        end = await runAttach({attachment, stdin, stdout, detachKey, clock, raw: true});
      } finally {
        for (const signal of heldSignals) process.off(signal, ignore);
        // A size that changed unseen is read again.
        process.kill(process.pid, 'SIGWINCH');
        await immediate();
        back();
      }
    });
    return end;
  };

/** The dashboard on this terminal, until the user leaves; sessions go on. The port stays open: it is the caller's. */
export async function startDashboard(options: DashboardOptions): Promise<void> {
  const {stdin, stdout, colors, unicode} = options;
  let suspend: Suspend = callback => callback();
  const dashboard = createDashboard({
    ...options,
    size: {columns: stdout.columns, rows: stdout.rows},
    lend: lender(options, () => suspend),
  });
  // Only a terminal has places to paint in.
  const overlay = stdout.isTTY ? createPaneOverlay({stdout, drawn: dashboard.drawn, colors}) : undefined;
  // One whole picture rather than an empty one and then the list, when that is not long in coming.
  await Promise.race([dashboard.listed, elapsed(options.clock, patienceMs, new AbortController().signal)]);
  // Ink does this only after its first picture: a key typed at what is seen must not meet line editing and echo.
  stdin.setRawMode(true);
  const instance = render(
    <App
      dashboard={dashboard}
      theme={themeFor({colors, unicode})}
      overlay={overlay}
      onReady={given => {
        suspend = given;
      }}
    />,
    {
      stdin,
      stdout: overlay?.stdout ?? stdout,
      onRender: () => overlay?.rendered(),
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      // In CI Ink would write nothing before the end.
      interactive: true,
      // The store draws 30 times a second at most; a key that comes between must not wait for the next turn.
      maxFps: 120,
    },
  );
  try {
    await Promise.race([dashboard.left, instance.waitUntilExit()]);
  } finally {
    overlay?.close();
    instance.unmount();
    await dashboard.close();
  }
}
