import {setImmediate as immediate} from 'node:timers/promises';
import {type Clock, elapsed} from '../lib/clock.ts';
import type {AttachmentEnd, SessionsPort} from '../sessions/port.ts';
import type {runAttach} from '../terminal/attach.ts';
import {createRing, type DesktopNotice, type Notify} from './attention/ring.ts';
import {keepTitle, type WindowTitle} from './attention/title.ts';
import type {LendTerminal} from './context.ts';
import {createDashboard} from './dashboard.ts';
import {firstPicture} from './first-picture.ts';
import type {Suspend} from './ink.tsx';
import {themeFor} from './theme.ts';

export interface DashboardOptions {
  readonly port: SessionsPort;
  readonly clock: Clock;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Shown in the header: this is the mock provider. */
  readonly dev: boolean;
  readonly detachKey: string;
  /** How a person is called who looks elsewhere. */
  readonly notify: Notify;
  readonly showOnDesktop: DesktopNotice;
  /** Of this process: what a new session may bring along. */
  readonly env: Readonly<Record<string, string | undefined>>;
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
  (
    {stdin, stdout, detachKey, clock, runAttach}: DashboardOptions,
    suspend: () => Suspend,
    onBeside: (write: ((text: string) => void) | undefined) => void,
  ): LendTerminal =>
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
        end = await runAttach({attachment, stdin, stdout, detachKey, clock, raw: true, onBeside});
      } finally {
        onBeside(undefined);
        for (const signal of heldSignals) process.off(signal, ignore);
        // A size that changed unseen is read again.
        process.kill(process.pid, 'SIGWINCH');
        await immediate();
        back();
      }
    });
    return end;
  };

/** Leaves the screen as it was before: for an end before Ink has taken it over. */
const leaveSequence = '\x1b[?1049l\x1b[?25h';

/** The dashboard on this terminal, until the user leaves; sessions go on. The port stays open: it is the caller's. */
export async function startDashboard(options: DashboardOptions): Promise<void> {
  const {stdin, stdout, clock} = options;
  let suspend: Suspend = callback => callback();
  let beside: ((text: string) => void) | undefined;
  let title: WindowTitle | undefined;
  const write = (text: string) => void (beside ? beside(text) : stdout.write(text));
  const dashboard = createDashboard({
    ...options,
    size: {columns: stdout.columns, rows: stdout.rows},
    lend: lender(
      options,
      () => suspend,
      given => {
        beside = given;
        if (!given) title?.again();
      },
    ),
    ring: createRing({...options, write, desktop: options.showOnDesktop}),
  });
  const theme = themeFor(options);
  // One whole picture rather than an empty one and then the list, when that is not long in coming.
  await Promise.race([dashboard.listed, elapsed(clock, patienceMs, new AbortController().signal)]);
  // Ink does this only after its first picture: a key typed at what is seen must not meet line editing and echo.
  stdin.setRawMode(true);
  title = stdout.isTTY ? keepTitle(dashboard.drawn, write) : undefined;
  const giveTitleBack = () => title?.close();
  process.once('exit', giveTitleBack);
  const picture = stdout.isTTY ? firstPicture(dashboard.drawn.getState(), theme) : undefined;
  if (picture !== undefined) stdout.write(`\x1b[?1049h\x1b[?25l${picture}`);
  try {
    const {drawDashboard} = await import('./ink.tsx').catch(error => {
      if (picture !== undefined) stdout.write(leaveSequence);
      throw error;
    });
    const drawing = drawDashboard({
      ...{dashboard, theme, stdin, stdout},
      onReady: given => {
        suspend = given;
      },
    });
    try {
      await Promise.race([dashboard.left, drawing.ended]);
    } finally {
      drawing.end();
    }
  } finally {
    giveTitleBack();
    process.off('exit', giveTitleBack);
    await dashboard.close();
  }
}
