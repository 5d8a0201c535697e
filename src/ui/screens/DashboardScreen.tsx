import {Box} from 'ink';
import type {ReactNode} from 'react';
import {focusOf} from '../focus.ts';
import {selectedSession} from '../in-view.ts';
import {type Layout, layoutOf, showsPane} from '../layout.ts';
import {applyLines} from '../models/apply-lines.ts';
import {confirmLines} from '../models/confirm.ts';
import {creationLines} from '../models/creation-lines.ts';
import {emptyLines} from '../models/empty.ts';
import {footerLine} from '../models/footer.ts';
import {formLines} from '../models/form-lines.ts';
import {headerLine} from '../models/header.ts';
import {helpLines, helpWindow} from '../models/help.ts';
import type {Line} from '../models/line.ts';
import {listModel} from '../models/list.ts';
import {noticeLines} from '../models/notices.ts';
import {visibleSessions} from '../models/order.ts';
import {promptLines} from '../models/prompt-sheet.ts';
import {Lines, LineView} from '../parts/LineView.ts';
import {Pane} from '../parts/Pane.tsx';
import {SessionList} from '../parts/SessionList.tsx';
import {Sheet, sheetInside} from '../parts/Sheet.tsx';
import type {State} from '../state.ts';
import {TooSmall} from './TooSmall.tsx';

type Roomy = Exclude<Layout, {kind: 'tooSmall'}>;

/** The lines of what lies over the list; undefined: nothing does. */
function sheetLines(state: State, width: number, height: number): readonly Line[] | undefined {
  const {overlay, creation, now} = state;
  switch (overlay.kind) {
    case 'help':
      return helpWindow(helpLines(width, state.detachKey), overlay.top, height);
    case 'confirm':
      return confirmLines(overlay.confirm, width, height);
    case 'apply':
      return applyLines(overlay.apply, width, height);
    case 'form':
      return formLines(overlay.form, width, height);
    case 'prompt':
      return promptLines(overlay.sheet, state.sessions ?? [], width, height);
    case 'creating':
      return creation && creationLines(creation, now, width);
    default:
      return undefined;
  }
}

function Empty({state, width}: {readonly state: State; readonly width: number}) {
  return (
    <Box flexDirection="column" paddingX={3} paddingTop={1}>
      <Lines lines={emptyLines(state, width - 6)} />
    </Box>
  );
}

function Body({
  state,
  layout,
  height,
}: {
  readonly state: State;
  readonly layout: Roomy;
  readonly height: number;
}): ReactNode {
  const area = {width: layout.columns, height};
  const inside = sheetInside(area);
  const sheet = sheetLines(state, inside.width, inside.height);
  if (sheet) return <Sheet lines={sheet} area={area} />;
  const nothing = visibleSessions(state).length === 0;
  const filtering = state.overlay.kind === 'filter' || state.filter.text !== '';
  if (nothing && !filtering) return <Empty state={state} width={layout.columns} />;
  const pane = showsPane(layout, state.paneOpen) && (
    <Pane state={state} session={selectedSession(state)} area={{...layout.pane, height}} />
  );
  if (layout.kind === 'one' && pane) return pane;
  return (
    <>
      <Box flexDirection="column" width={layout.list.width} height={height} flexShrink={0}>
        <SessionList
          list={listModel(state, {width: layout.list.width, height})}
          width={layout.list.width}
          height={nothing ? 1 : height}
        />
        {nothing && <Empty state={state} width={layout.list.width} />}
      </Box>
      {pane}
    </>
  );
}

/** Everything on the screen, from the state alone. */
export function DashboardScreen({state}: {readonly state: State}) {
  const layout = layoutOf(state.size);
  const {columns, rows} = state.size;
  if (layout.kind === 'tooSmall') return <TooSmall size={state.size} />;
  const notices = noticeLines(state, columns).slice(0, layout.gap ? 2 : 1);
  const height = layout.body.height - Math.max(0, notices.length - 1);
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <LineView line={headerLine(state, columns)} />
      {layout.gap && <Box height={1} flexShrink={0} />}
      <Box height={height} width={columns} flexShrink={0}>
        <Body state={state} layout={layout} height={height} />
      </Box>
      <Lines lines={notices.length > 0 ? notices : [[]]} />
      <LineView line={footerLine(focusOf(state), columns)} />
    </Box>
  );
}
