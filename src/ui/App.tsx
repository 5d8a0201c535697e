import {useApp, useInput, usePaste, useWindowSize} from 'ink';
import {useEffect} from 'react';
import {useStore} from 'zustand';
import type {Dashboard} from './dashboard.ts';
import {pressesOf} from './keys.ts';
import {DashboardScreen} from './screens/DashboardScreen.tsx';
import {type Theme, ThemeContext} from './theme.ts';

/** Ink's way to give the terminal away, for as long as the callback runs. */
export type Suspend = (callback: () => Promise<void>) => Promise<void>;

interface AppProps {
  readonly dashboard: Dashboard;
  readonly theme: Theme;
  readonly onReady: (suspend: Suspend) => void;
}

/** Keys, pastes and sizes go in, state comes out to be drawn. */
export function App({dashboard, theme, onReady}: AppProps) {
  const state = useStore(dashboard.drawn);
  const {suspendTerminal} = useApp();
  const {columns, rows} = useWindowSize();
  useEffect(() => onReady(callback => suspendTerminal(callback)), [onReady, suspendTerminal]);
  useEffect(() => dashboard.resize({columns, rows}), [dashboard, columns, rows]);
  useInput((input, key) => dashboard.press(pressesOf(input, key)));
  usePaste(text => dashboard.paste(text));
  return (
    <ThemeContext value={theme}>
      <DashboardScreen state={state} />
    </ThemeContext>
  );
}
