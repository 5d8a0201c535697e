import {type Line, lineWidth} from './line.ts';
import type {RowColumns, SessionRowModel} from './session-row.ts';
import {padded, widthOf} from './text.ts';

/** Less than this of a text tells nothing. */
const leastTold = 8;

/** What it waits for in a few letters, and more of it where there is room. */
function aboutText({brief, about}: SessionRowModel, width: number): string {
  if (brief === '' || width < widthOf(brief)) return about;
  const room = width - widthOf(brief) - 1;
  return about === '' || room < Math.min(leastTold, widthOf(about)) ? brief : `${brief} ${about}`;
}

/** A row of the list, cell by cell. */
export function rowLine(row: SessionRowModel, columns: RowColumns): Line {
  const cell = (text: string, width: number) => (width > 0 ? `${padded(text, width)}  ` : '');
  const stands = row.tone === 'waiting' || row.tone === 'bad' || row.unseen;
  return [
    row.selected ? {text: '▌', tone: 'accent'} : {text: ' '},
    {text: row.lead, tone: row.marked ? 'accent' : 'quiet', bold: row.marked},
    {text: ` ${row.glyph}`, tone: row.tone, bold: stands},
    row.prompts,
    {text: cell(row.name, columns.name), bold: row.selected || row.unseen},
    {text: cell(row.agent, columns.agent), tone: 'quiet'},
    {text: columns.about > 0 ? padded(aboutText(row, columns.about), columns.about) : '', tone: row.aboutTone},
    ...(columns.changes > 0
      ? [{text: ' '.repeat(Math.max(0, columns.changes - lineWidth(row.changes)))}, ...row.changes]
      : []),
    ...(columns.uses > 0 ? [{text: row.uses.padStart(columns.uses), tone: 'quiet' as const}] : []),
    {text: row.age.padStart(columns.age), tone: stands ? row.tone : 'quiet'},
    {text: ' '},
  ];
}
