import {useApp, useInput, useIsScreenReaderEnabled, usePaste, useWindowSize} from 'ink';
import {useEffect, useMemo} from 'react';
import {useStore} from 'zustand';
import {PaneOverlayContext, ThemeContext} from './contexts.ts';
import type {Dashboard} from './dashboard.ts';
import {pressesOf} from './keys.ts';
import {besidesScreens} from './models/besides-screens.ts';
import type {PaneOverlay} from './pane-overlay.ts';
import {DashboardScreen} from './screens/DashboardScreen.tsx';
import type {State} from './state.ts';
import type {Theme} from './theme.ts';

/** Ink's way to give the terminal away, for as long as the callback runs. */
export type Suspend = (callback: () => Promise<void>) => Promise<void>;

interface AppProps {
  readonly dashboard: Dashboard;
  readonly theme: Theme;
  readonly overlay: PaneOverlay | undefined;
  readonly onReady: (suspend: Suspend) => void;
}

/** Keys, pastes and sizes go in, state comes out to be drawn. */
export function App({dashboard, theme, overlay: given, onReady}: AppProps) {
  // What is read aloud has no places.
  const overlay = useIsScreenReaderEnabled() ? undefined : given;
  const drawnHere = useMemo(() => (overlay ? besidesScreens() : (state: State) => state), [overlay]);
  const state = useStore(dashboard.drawn, drawnHere);
  const {suspendTerminal} = useApp();
  const {columns, rows} = useWindowSize();
  useEffect(() => onReady(callback => suspendTerminal(callback)), [onReady, suspendTerminal]);
  useEffect(() => dashboard.resize({columns, rows}), [dashboard, columns, rows]);
  useInput((input, key) => dashboard.press(pressesOf(input, key)));
  usePaste(text => dashboard.paste(text));
  return (
    <ThemeContext value={theme}>
      <PaneOverlayContext value={overlay}>
        <DashboardScreen state={state} />
      </PaneOverlayContext>
    </ThemeContext>
  );
}
