import type {Line} from './line.ts';
import {type ListModel, listHeading} from './list.ts';
import {rowLine} from './row-line.ts';
import {charactersOf, shorten} from './text.ts';

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

/** The list as it stands on the screen: its heading, then its rows. */
export const listLines = (list: ListModel, width: number): readonly Line[] => [
  heading(list, width),
  ...list.rows.map(row => rowLine(row, list.columns)),
];
