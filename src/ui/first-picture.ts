import {styleText} from 'node:util';
import {focusOf} from './focus.ts';
import {selectedSession} from './in-view.ts';
import {layoutOf, showsPane} from './layout.ts';
import {clip} from './models/clip.ts';
import {emptyLines} from './models/empty.ts';
import {footerLine} from './models/footer.ts';
import {headerLine} from './models/header.ts';
import type {Line} from './models/line.ts';
import {listModel} from './models/list.ts';
import {listLines} from './models/list-lines.ts';
import {noticeLines} from './models/notices.ts';
import {visibleSessions} from './models/order.ts';
import {paneBottom, paneTop} from './models/pane.ts';
import type {State} from './state.ts';
import type {Theme} from './theme.ts';

const frameStart = '\x1b[?2026h';
const frameEnd = '\x1b[?2026l';
function styled(line: Line, {looks, shown}: Theme): string {
  return line
    .map(({text, tone = 'plain', bold = false, inverse = false}) => {
      const {color, dimColor = false} = looks[tone];
      const styles = [color, dimColor && 'dim', bold && 'bold', inverse && 'inverse'] as const;
      const formats = styles.filter(style => style !== undefined && style !== false);
      return styleText(formats, shown(text), {validateStream: false});
    })
    .join('');
}

/**
 * What the dashboard shows first, as Ink will draw it: the list is on the screen while Ink is still being loaded. Undefined for a state
 * that is better waited for.
 */
export function firstPicture(state: State, theme: Theme): string | undefined {
  const layout = layoutOf(state.size);
  if (layout.kind === 'tooSmall' || state.sessions === undefined || state.overlay.kind !== 'none') return undefined;
  const {columns, rows} = state.size;
  const notices = noticeLines(state, columns).slice(0, layout.gap ? 2 : 1);
  const height = layout.body.height - Math.max(0, notices.length - 1);
  const top = layout.gap ? 2 : 1;
  let picture = '';
  const put = (line: Line, row: number, column: number, width: number) => {
    picture += `\x1b[${row + 1};${column + 1}H${clip(styled(line, theme), {width, colors: true})}\x1b[0m`;
  };

  put(headerLine(state, columns), 0, 0, columns);
  const {list, pane} = layout;
  if (visibleSessions(state).length === 0)
    for (const [row, line] of emptyLines(state, columns - 6).entries()) put(line, top + 1 + row, 3, columns - 6);
  else {
    const lines = listLines(listModel(state, {width: list.width, height}), list.width);
    for (const [row, line] of lines.entries()) put(line, top + row, 0, list.width);
    if (showsPane(layout, state.paneOpen)) {
      const session = selectedSession(state);
      const side: Line = [{text: '│', tone: 'quiet'}];
      put(paneTop(state.tab, session, pane.width), top, pane.left, pane.width);
      for (let row = 1; row < height - 1; row++) {
        put(side, top + row, pane.left, 1);
        put(side, top + row, pane.left + pane.width - 1, 1);
      }
      put(paneBottom(state, session, pane.width), top + height - 1, pane.left, pane.width);
    }
  }
  for (const [row, line] of notices.entries()) put(line, top + height + row, 0, columns);
  put(footerLine(focusOf(state), columns), rows - 1, 0, columns);
  // Ink draws on from the top.
  return `${frameStart}\x1b[2J${picture}\x1b[H${frameEnd}`;
}
