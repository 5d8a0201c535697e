import {Box} from 'ink';
import type {Line} from '../models/line.ts';
import {type ListModel, listHeading} from '../models/list.ts';
import {rowLine} from '../models/row-line.ts';
import {charactersOf, shorten} from '../models/text.ts';
import {Lines, LineView} from './LineView.ts';

function heading(list: ListModel, width: number): Line {
  const {text, cursor} = list.filter;
  const more = listHeading(list);
  if (cursor === undefined && text === '') {
    const title = '   Sessions';
    return [
      {text: title, tone: 'quiet'},
      {text: more.padStart(Math.max(0, width - title.length - 1)), tone: 'quiet'},
    ];
  }
  const count = `  ${list.matching} of ${list.total}`;
  const characters = charactersOf(text);
  if (cursor === undefined) {
    return [
      {text: '   / ', tone: 'accent'},
      {text: shorten(text, width - 8 - count.length)},
      {text: count, tone: 'quiet'},
    ];
  }
  return [
    {text: '   / ', tone: 'accent', bold: true},
    {text: characters.slice(0, cursor).join('')},
    {text: characters[cursor] ?? ' ', inverse: true},
    {text: characters.slice(cursor + 1).join('')},
    {text: count, tone: 'quiet'},
  ];
}

export function SessionList({
  list,
  width,
  height,
}: {
  readonly list: ListModel;
  readonly width: number;
  readonly height: number;
}) {
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      <LineView line={heading(list, width)} />
      <Lines lines={list.rows.map(row => rowLine(row, list.columns))} />
    </Box>
  );
}
