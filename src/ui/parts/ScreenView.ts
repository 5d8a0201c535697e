import {Box, Text} from 'ink';
import {createElement, memo, useContext, useInsertionEffect} from 'react';
import type {ScreenFrame} from '../../sessions/port.ts';
import {PaneOverlayContext, useTheme} from '../contexts.ts';
import type {PlacedArea} from '../layout.ts';
import {clip} from '../models/clip.ts';
import {screenWindow} from '../models/pane-window.ts';
import type {PaneOverlay} from '../pane-overlay.ts';

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

interface ScreenViewProps {
  readonly session: string;
  readonly frame: ScreenFrame;
  readonly scroll: number;
  readonly area: PlacedArea;
}

function ScreenText({frame, scroll, area}: ScreenViewProps) {
  const {lines, cursor} = screenWindow(frame, area.height, scroll);
  const rows = lines.map((text, row) => ({
    key: row,
    text,
    width: area.width,
    cursor: cursor?.row === row ? cursor.column : undefined,
  }));
  return createElement(
    Box,
    {flexDirection: 'column', flexShrink: 0},
    rows.map(row => createElement(ScreenLine, row)),
  );
}

/** Draws nothing itself: the place stays empty for the overlay, from the very frame of Ink's that shows it. */
function ScreenPlace({session, scroll, area, overlay}: ScreenViewProps & {readonly overlay: PaneOverlay}) {
  const {left, top, width, height} = area;
  useInsertionEffect(
    () => overlay.show({session, scroll, area: {left, top, width, height}}),
    [overlay, session, scroll, left, top, width, height],
  );
  return null;
}

/** A session's screen as far as it fits: painted by the overlay where there is one, as text otherwise. */
export function ScreenView(props: ScreenViewProps) {
  const overlay = useContext(PaneOverlayContext);
  return overlay ? createElement(ScreenPlace, {...props, overlay}) : createElement(ScreenText, props);
}
