import {type Line, lineWidth} from './line.ts';
import type {RowColumns, SessionRowModel} from './session-row.ts';
import {padded} from './text.ts';

/** A row of the list, cell by cell. */
export function rowLine(row: SessionRowModel, columns: RowColumns): Line {
  const cell = (text: string, width: number) => (width > 0 ? `${padded(text, width)}  ` : '');
  const stands = row.tone === 'waiting' || row.tone === 'bad';
  return [
    row.selected ? {text: '▌', tone: 'accent'} : {text: ' '},
    {text: row.lead, tone: row.marked ? 'accent' : 'quiet', bold: row.marked},
    {text: ` ${row.glyph}`, tone: row.tone, bold: stands},
    row.prompts,
    {text: cell(row.name, columns.name), bold: row.selected},
    {text: cell(row.agent, columns.agent), tone: 'quiet'},
    {text: columns.about > 0 ? padded(row.about, columns.about) : '', tone: row.aboutTone},
    ...(columns.changes > 0
      ? [{text: ' '.repeat(Math.max(0, columns.changes - lineWidth(row.changes)))}, ...row.changes]
      : []),
    {text: row.age.padStart(columns.age), tone: stands ? row.tone : 'quiet'},
    {text: ' '},
  ];
}
