import {Box, Text} from 'ink';
import {createElement, memo} from 'react';
import {useTheme} from '../contexts.ts';
import type {Line, Span} from '../models/line.ts';

const sameSpan = (a: Span, b: Span | undefined): boolean =>
  b !== undefined && a.text === b.text && a.tone === b.tone && a.bold === b.bold && a.inverse === b.inverse;

const sameLine = (a: Line, b: Line): boolean =>
  a === b || (a.length === b.length && a.every((span, index) => sameSpan(span, b[index])));

function DrawnLine({line}: {readonly line: Line}) {
  const {looks, shown} = useTheme();
  const spans = line.map(({text, tone = 'plain', bold = false, inverse = false}) =>
    createElement(Text, {...looks[tone], bold, inverse}, shown(text)),
  );
  return createElement(Text, {wrap: 'truncate'}, ...(spans.length > 0 ? spans : [' ']));
}

/** One line; drawn anew only when it says something else. */
export const LineView = memo(DrawnLine, (before, after) => sameLine(before.line, after.line));

/** Lines below each other. A line is its place: as plain children they need no keys. */
export function Lines({lines}: {readonly lines: readonly Line[]}) {
  return createElement(
    Box,
    {flexDirection: 'column', flexShrink: 0},
    ...lines.map(line => createElement(LineView, {line})),
  );
}
