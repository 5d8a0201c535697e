import type {State} from '../state.ts';
import {visibleSessions} from './order.ts';
import {type RowColumns, rowColumns, type SessionRowModel, sessionRow} from './session-row.ts';

export interface ListModel {
  readonly rows: readonly SessionRowModel[];
  readonly columns: RowColumns;
  readonly total: number;
  readonly matching: number;
  readonly above: number;
  readonly below: number;
  readonly filter: {readonly text: string; readonly cursor: number | undefined};
}

/** The first of `height` rows of a list so that the selected one is among them, near the middle in a long list. */
export const firstRow = (selected: number, total: number, height: number): number =>
  Math.max(0, Math.min(selected - Math.floor(height / 2), total - height));

type Shown = Pick<State, 'sessions' | 'filter' | 'selected' | 'marked' | 'pending' | 'now' | 'overlay' | 'stats'>;

/** The part of the list that fits; one line of the area is its heading. */
export function listModel(state: Shown, area: {readonly width: number; readonly height: number}): ListModel {
  const visible = visibleSessions(state);
  const height = Math.max(0, area.height - 1);
  const selected = visible.findIndex(({id}) => id === state.selected);
  const first = firstRow(Math.max(0, selected), visible.length, height);
  const rows = visible.slice(first, first + height).map((session, at) =>
    sessionRow(session, {
      selected: session.id === state.selected,
      marked: state.marked.has(session.id),
      index: first + at,
      pending: state.pending.get(session.id),
      now: state.now,
      stats: state.stats.get(session.id),
    }),
  );
  return {
    rows,
    columns: rowColumns(rows, area.width),
    total: state.sessions?.length ?? 0,
    matching: visible.length,
    above: first,
    below: Math.max(0, visible.length - first - height),
    filter: {text: state.filter.text, cursor: state.overlay.kind === 'filter' ? state.filter.cursor : undefined},
  };
}

export const listHeading = (list: ListModel): string => {
  const marks = [list.above > 0 ? `↑ ${list.above}` : '', list.below > 0 ? `↓ ${list.below}` : ''];
  return marks.filter(text => text !== '').join('  ');
};
