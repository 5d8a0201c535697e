import {AppError} from '../../errors.ts';
import type {Notice, State} from '../state.ts';
import type {Line} from './line.ts';
import {clean, shorten, widthOf} from './text.ts';

/** The words of a failure for a person. A bug's stack belongs in a log, not over the screen. */
export const noticeOf = (error: unknown): Pick<Notice, 'text' | 'hint'> => {
  if (error instanceof AppError) return {text: clean(error.message), hint: clean(error.hint)};
  const message = error instanceof Error ? error.message : String(error);
  return {text: clean(`Something went wrong in trails: ${message}`), hint: 'The log has more: TRAILS_LOG=debug.'};
};

/** The newest notice on one line, or two where its hint does not fit beside it; none: no lines. */
export function noticeLines(state: Pick<State, 'notices'>, width: number): readonly Line[] {
  const notice = state.notices.at(-1);
  if (!notice) return [];
  const more = state.notices.length > 1 ? ` (+${state.notices.length - 1})` : '';
  const mark = notice.level === 'error' ? {text: ' ✗ ', tone: 'bad' as const} : {text: ' · ', tone: 'accent' as const};
  const room = width - 4 - widthOf(more);
  const text = {text: shorten(notice.text, room)};
  const rest = {text: more, tone: 'quiet' as const};
  if (notice.hint === '') return [[mark, text, rest]];
  if (widthOf(notice.text) + 2 + widthOf(notice.hint) <= room) {
    return [[mark, text, {text: `  ${notice.hint}`, tone: 'quiet'}, rest]];
  }
  return [[mark, text, rest], [{text: `   ${shorten(notice.hint, width - 4)}`, tone: 'quiet'}]];
}
