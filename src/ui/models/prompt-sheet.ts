import type {PromptState, PromptView, SessionView} from '../../sessions/port.ts';
import type {Line, Tone} from './line.ts';
import {quiet} from './line.ts';
import {padded, shorten, widthOf} from './text.ts';
import {areaOf, areaRows, emptyArea, type TextArea} from './text-area.ts';

type Target = Pick<SessionView, 'id' | 'name'>;

/** A prompt being written, for one session or for several. */
export interface PromptSheet {
  readonly targets: readonly Target[];
  readonly area: TextArea;
  /** The last ones of each target, by its id; missing until they are known. */
  readonly sent: ReadonlyMap<string, readonly PromptView[]>;
}

/** What is written for the same sessions goes on where it was left. */
export const draftKey = (targets: readonly Target[]): string => targets.map(({id}) => id).join(' ');

export const newSheet = (targets: readonly Target[], draft: string | undefined): PromptSheet => ({
  targets,
  area: draft === undefined ? emptyArea : areaOf(draft),
  sent: new Map(),
});

const looks: Readonly<Record<PromptState, {readonly glyph: string; readonly tone: Tone}>> = {
  queued: {glyph: '◌', tone: 'quiet'},
  sending: {glyph: '◐', tone: 'good'},
  delivered: {glyph: '✓', tone: 'good'},
  failed: {glyph: '✗', tone: 'bad'},
};

/** Its prompts with the newest news: those that were asked for, and the last one as the list has it. */
function promptsOf(sheet: PromptSheet, {id}: Target, sessions: readonly SessionView[]): readonly PromptView[] {
  const last = sessions.find(session => session.id === id)?.prompts.last;
  const known = sheet.sent.get(id) ?? [];
  if (!last) return known;
  return known.some(one => one.id === last.id) ? known.map(one => (one.id === last.id ? last : one)) : [...known, last];
}

function promptLine(prompt: PromptView, name: string, width: number): Line {
  const {glyph, tone} = looks[prompt.state];
  const lead = name === '' ? '' : `${name}  `;
  const detail = prompt.detail === '' ? prompt.state : `${prompt.state}: ${prompt.detail}`;
  const room = Math.max(0, width - 2 - widthOf(lead));
  const text = shorten(prompt.text, Math.floor(room / 2));
  return [
    {text: `${glyph} `, tone},
    {text: lead, tone: 'quiet'},
    {text: text === '' ? '' : `${text}  `},
    {text: shorten(detail, Math.max(0, room - widthOf(text) - 2)), tone: prompt.state === 'failed' ? 'bad' : 'quiet'},
  ];
}

/** Who gets it. */
export const sheetTitle = ({targets}: PromptSheet): string =>
  targets.length === 1
    ? `Prompt to ${targets[0]?.name}`
    : `Prompt to ${targets.length} marked: ${targets.map(({name}) => name).join(', ')}`;

const mostSent = 5;

/** The text in its rows around the cursor. */
function areaLines(area: TextArea, width: number, height: number): readonly Line[] {
  const {rows, row, column} = areaRows(area, width);
  const first = Math.max(0, Math.min(row - height + 1, rows.length - height));
  return rows.slice(first, first + height).map((characters, index): Line => {
    if (first + index !== row) return [{text: characters.join('')}];
    return [
      {text: characters.slice(0, column).join('')},
      {text: characters[column] ?? ' ', inverse: true},
      {text: characters.slice(column + 1).join('')},
    ];
  });
}

/** The sheet in `height` lines: to whom, the text, and what became of the last ones. */
export function promptLines(
  sheet: PromptSheet,
  sessions: readonly SessionView[],
  width: number,
  height: number,
): readonly Line[] {
  const one = sheet.targets.length === 1;
  const sent = one
    ? sheet.targets.flatMap(target => promptsOf(sheet, target, sessions)).slice(-mostSent)
    : sheet.targets.flatMap(target => promptsOf(sheet, target, sessions).slice(-1));
  const nameOf = (index: number) => {
    if (one) return '';
    const named = sheet.targets.filter(target => promptsOf(sheet, target, sessions).length > 0);
    return padded(named[index]?.name ?? '', Math.min(20, Math.max(...named.map(({name}) => widthOf(name)))));
  };
  const news = sent.slice(0, Math.max(0, height - 8)).map((prompt, index) => promptLine(prompt, nameOf(index), width));
  const below: readonly Line[] = news.length > 0 ? [[], [quiet('sent before')], ...news] : [];
  const title: Line = [{text: shorten(sheetTitle(sheet), width), bold: true}];
  const room = Math.max(1, height - below.length - 4);
  const text = areaLines(sheet.area, width, Math.min(room, 12));
  return [
    title,
    [],
    ...text,
    [],
    [quiet(shorten('enter sends · ctrl-j a new line · esc keeps it for later', width))],
    ...below,
  ].slice(0, height);
}
