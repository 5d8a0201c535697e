import type {State} from '../state.ts';
import type {Line} from './line.ts';
import {shorten, wrapWords} from './text.ts';

/** What is said in place of a list. */
export function emptyLines(state: Pick<State, 'sessions' | 'filter' | 'engine'>, width: number): readonly Line[] {
  const quietly = (text: string): Line => [{text: shorten(text, width), tone: 'quiet'}];
  if (state.sessions === undefined) return [quietly('Looking for your sessions…')];
  if (state.sessions.length > 0) return [quietly(`Nothing matches "${state.filter.text}"; esc clears the filter.`)];
  const key = (name: string, text: string): Line => [{text: name, tone: 'accent', bold: true}, {text: `  ${text}`}];
  return [
    ...wrapWords('Trails runs coding agents side by side, each in its own sandbox.', width).map(
      (text): Line => [{text}],
    ),
    [],
    key('n', 'starts the first session'),
    key('?', 'shows all keys'),
  ];
}
