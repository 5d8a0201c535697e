import {createContext, useContext} from 'react';
import type {PaneOverlay} from './pane-overlay.ts';
import {type Theme, themeFor} from './theme.ts';

export const ThemeContext = createContext<Theme>(themeFor({colors: true, unicode: true}));
export const useTheme = (): Theme => useContext(ThemeContext);

/** Undefined: the screen is drawn as text, by Ink. */
export const PaneOverlayContext = createContext<PaneOverlay | undefined>(undefined);
