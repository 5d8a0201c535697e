import {render} from 'ink';
import {App, type Suspend} from './App.tsx';
import type {Dashboard} from './dashboard.ts';
import {createPaneOverlay} from './pane-overlay.ts';
import type {Theme} from './theme.ts';

export type {Suspend} from './App.tsx';

export interface DrawingOptions {
  readonly dashboard: Dashboard;
  readonly theme: Theme;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Gets Ink's way to give the terminal away. */
  readonly onReady: (suspend: Suspend) => void;
}

export interface Drawing {
  /** Settles when Ink has let go of the terminal. */
  readonly ended: Promise<unknown>;
  end(): void;
}

/** Draws a dashboard on a terminal and hands its keys in. All of Ink is behind this door: it is loaded behind the first picture. */
export function drawDashboard({dashboard, theme, stdin, stdout, onReady}: DrawingOptions): Drawing {
  // Only a terminal has places to paint in.
  const overlay = stdout.isTTY ? createPaneOverlay({stdout, drawn: dashboard.drawn, colors: theme.colors}) : undefined;
  const instance = render(<App dashboard={dashboard} theme={theme} overlay={overlay} onReady={onReady} />, {
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
  });
  return {
    ended: instance.waitUntilExit(),
    end() {
      overlay?.close();
      instance.unmount();
    },
  };
}
