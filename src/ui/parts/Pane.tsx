import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {SessionView} from '../../sessions/port.ts';
import {useTheme} from '../contexts.ts';
import {focusOf} from '../focus.ts';
import {insideOf, type PlacedArea} from '../layout.ts';
import {diffLines} from '../models/diff-lines.ts';
import {endedHeight, endedLines} from '../models/ended.ts';
import {infoLines} from '../models/info.ts';
import type {Line} from '../models/line.ts';
import {networkLines} from '../models/network-lines.ts';
import {paneBottom, paneTop} from '../models/pane.ts';
import {linesWindow} from '../models/pane-window.ts';
import {shorten} from '../models/text.ts';
import type {State, Tab} from '../state.ts';
import {Lines, LineView} from './LineView.ts';
import {ScreenView} from './ScreenView.ts';

interface Inside {
  readonly state: State;
  readonly session: SessionView;
  readonly area: PlacedArea;
}

const told = (text: string, width: number) => <Lines lines={[[{text: shorten(text, width), tone: 'quiet'}]]} />;

function ScreenTab({state, session, area}: Inside) {
  const frame = state.frames.get(session.id);
  if (!frame) return told(session.phase === 'creating' ? 'Its screen comes once it runs.' : '', area.width);
  const below = endedHeight(session, area);
  const place = {...area, height: area.height - below};
  return (
    <>
      <Box flexDirection="column" height={place.height} flexShrink={0}>
        <ScreenView session={session.id} frame={frame} scroll={state.scroll} area={place} />
      </Box>
      {below > 0 && <Lines lines={endedLines(focusOf(state), area.width)} />}
    </>
  );
}

function LogsTab({state, session, area: {width, height}}: Inside) {
  if (state.logs?.id !== session.id) return told('', width);
  if (state.logs.value.length === 0) return told('It has not printed anything yet.', width);
  const lines = linesWindow(state.logs.value, height, state.scroll);
  return <Lines lines={lines.map((text): Line => [{text: shorten(text, width)}])} />;
}

function DiffTab({state, session, area}: Inside) {
  if (session.phase === 'creating') return told('Its changes come once it runs.', area.width);
  if (state.diff?.id !== session.id) return told('', area.width);
  return <Lines lines={diffLines(state.diff, area)} />;
}

function NetworkTab({state, session, area}: Inside) {
  if (session.phase === 'creating') return told('What it reaches comes once it runs.', area.width);
  if (state.network?.id !== session.id) return told('', area.width);
  return <Lines lines={networkLines(state.network, area, state)} />;
}

function InfoTab({state, session, area: {width, height}}: Inside) {
  const audit = state.audit?.id === session.id ? state.audit.value : [];
  const routes = state.network?.id === session.id ? (state.network.view?.routes ?? []) : [];
  const lines = infoLines(session, {now: state.now, width, stats: state.stats.get(session.id), audit, routes});
  const top = Math.max(0, Math.min(state.scroll, lines.length - height));
  return <Lines lines={lines.slice(top, top + height)} />;
}

const tabs: Record<Tab, (inside: Inside) => ReactNode> = {
  screen: ScreenTab,
  logs: LogsTab,
  diff: DiffTab,
  network: NetworkTab,
  info: InfoTab,
};

/** What the selected session shows, in a frame that says whose it is and how it stands. */
export function Pane({state, session, area}: Omit<Inside, 'session'> & {readonly session: SessionView | undefined}) {
  const {border} = useTheme();
  const {width, height} = area;
  const inside = insideOf(area);
  const Tab = tabs[state.tab];
  const problem = session && state.paneProblem?.id === session.id && state.tab !== 'info' && state.paneProblem.value;
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0}>
      <LineView line={paneTop(state.tab, session, width)} />
      <Box
        borderStyle={border}
        borderTop={false}
        borderBottom={false}
        borderDimColor
        paddingX={1}
        height={inside.height}
        width={width}
        flexDirection="column"
      >
        {problem ? told(problem, inside.width) : session && <Tab state={state} session={session} area={inside} />}
      </Box>
      <LineView line={paneBottom(state, session, width)} />
    </Box>
  );
}
