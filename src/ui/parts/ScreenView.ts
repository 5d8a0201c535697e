import {Box, Text} from 'ink';
import {createElement, memo} from 'react';
import {clip} from '../models/clip.ts';
import type {ScreenWindow} from '../models/pane-window.ts';
import {useTheme} from '../theme.ts';

interface ScreenLineProps {
  readonly text: string;
  readonly width: number;
  readonly cursor: number | undefined;
}

const ScreenLine = memo(function ScreenLine({text, width, cursor}: ScreenLineProps) {
  const {colors} = useTheme();
  const shown = clip(text, {width, colors, ...(cursor === undefined ? {} : {cursor})});
  return createElement(Text, {wrap: 'truncate'}, shown === '' ? ' ' : shown);
});

/** A session's screen as far as it fits. Alone in its component, so that something faster can take its place. */
export function ScreenView({window, width}: {readonly window: ScreenWindow; readonly width: number}) {
  const {lines, cursor} = window;
  const rows = lines.map((text, row) => ({
    key: row,
    text,
    width,
    cursor: cursor?.row === row ? cursor.column : undefined,
  }));
  return createElement(
    Box,
    {flexDirection: 'column', flexShrink: 0},
    rows.map(row => createElement(ScreenLine, row)),
  );
}
