import {expect, test} from 'vitest';
import {createStore} from 'zustand/vanilla';
import {besidesScreens} from '../../src/ui/models/besides-screens.ts';
import {erasedArea, paintedArea} from '../../src/ui/models/pane-paint.ts';
import {createPaneOverlay, type PanePlace} from '../../src/ui/pane-overlay.ts';
import type {State} from '../../src/ui/state.ts';
import {frameOf} from '../support/fake-port.ts';
import {sevenSessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const area = {left: 10, top: 4, width: 6, height: 2};
const session = '01-checkout-flow';
const place: PanePlace = {session, scroll: 0, area};
const start = '\x1b[?2026h';
const end = '\x1b[?2026l';
const row = (number: number, text: string) => `\x1b[${number};11H\x1b[6X${text}`;
const apart = (text: string) => `\x1b7\x1b[0m\x1b[?7l${text}\x1b[?7h\x1b8`;

const picture = (...lines: readonly string[]) => frameOf(lines, {cursor: {column: 0, row: 0, visible: false}});
const showing = (...lines: readonly string[]) =>
  stateWith(sevenSessions(), {frames: new Map([[session, picture(...lines)]])});

/** An overlay over a terminal that only writes down. */
function openOverlay(...lines: readonly string[]) {
  const drawn = createStore<State>(() => showing(...lines));
  const written: string[] = [];
  const terminal = {
    columns: 40,
    rows: 20,
    write(chunk: string | Uint8Array) {
      written.push(String(chunk));
      return true;
    },
  };
  const overlay = createPaneOverlay({stdout: terminal, drawn, colors: true});
  return {
    overlay,
    terminal,
    /** What came to the terminal since the last call. */
    written: () => written.splice(0),
    inkWrites(...chunks: readonly string[]) {
      for (const chunk of chunks) overlay.stdout.write(chunk);
    },
    screen: (...next: readonly string[]) => drawn.setState(showing(...next), true),
  };
}

/** Ink has the terminal, and has drawn the place. */
function openShown(...lines: readonly string[]) {
  const opened = openOverlay(...lines);
  opened.inkWrites('\x1b[?1049h');
  const takeAway = opened.overlay.show(place);
  opened.inkWrites(start, 'INK', end);
  opened.overlay.rendered();
  return {...opened, takeAway};
}

test('Ink’s frame and the screen reach the terminal as one', () => {
  const {written} = openShown('one', 'two');
  expect(written()).toEqual(['\x1b[?1049h', `${start}INK${apart(row(5, 'one') + row(6, 'two'))}${end}`]);
});

test('when only the screen changed, only its changed rows are written', () => {
  const {written, screen} = openShown('one', 'two');
  written();
  screen('one', 'three');
  expect(written()).toEqual([start + apart(row(6, 'three')) + end]);
  screen('one', 'three');
  expect(written()).toEqual([]);
});

test('taken away, its rows are emptied before Ink draws there', () => {
  const {written, takeAway, inkWrites, overlay} = openShown('one');
  written();
  takeAway();
  inkWrites(start, 'LOGS', end);
  overlay.rendered();
  expect(written()).toEqual([`${start}${apart(erasedArea(area))}LOGS${end}`]);
});

test('taken away, its rows are emptied even where Ink finds nothing to draw', () => {
  const {written, takeAway, overlay} = openShown('one');
  written();
  takeAway();
  overlay.rendered();
  expect(written()).toEqual([start + apart(erasedArea(area)) + end]);
});

test('at a new place nothing is painted before Ink has drawn what goes with it', () => {
  const {written, overlay, takeAway, screen} = openShown('one');
  written();
  takeAway();
  overlay.show({...place, area: {...area, left: 20}});
  screen('two');
  expect(written()).toEqual([]);
  overlay.rendered();
  expect(written().join('')).toContain('\x1b[5;21H\x1b[6Xtwo');
});

test('the place of an earlier one does not go with it', () => {
  const {written, overlay, takeAway, screen} = openShown('one');
  overlay.show({...place});
  takeAway();
  overlay.rendered();
  written();
  screen('two');
  expect(written().join('')).toContain('two');
});

test('lent to a session, the terminal is left alone; with Ink’s next frame everything is painted again', () => {
  const {written, inkWrites, overlay, screen} = openShown('one');
  inkWrites('\x1b[?1049l');
  written();
  screen('two');
  overlay.rendered();
  expect(written()).toEqual([]);
  inkWrites('\x1b[?1049h', start, 'ALL', end);
  expect(written().join('')).toContain(`ALL${apart(row(5, 'two') + row(6, ''))}`);
});

test('a place that the terminal has become too small for is not painted', () => {
  const {written, terminal, screen} = openShown('one');
  written();
  terminal.columns = 15;
  screen('two');
  expect(written()).toEqual([]);
});

test('closed, it paints no more', () => {
  const {written, overlay, screen, takeAway} = openShown('one');
  overlay.close();
  written();
  screen('two');
  takeAway();
  overlay.rendered();
  expect(written()).toEqual([]);
});

test('a painted row is cut to its place, and ends in the plain pen', () => {
  const {text, rows} = paintedArea(
    area,
    {lines: ['\x1b[31m漢字漢字'], cursor: {row: 1, column: 2}},
    {colors: true, before: undefined},
  );
  expect(text).toBe(`${row(5, '\x1b[31m漢字漢\x1b[0m')}${row(6, '  \x1b[7m \x1b[27m')}`);
  expect(paintedArea(area, {lines: ['\x1b[31m漢字漢字'], cursor: undefined}, {colors: true, before: rows}).text).toBe(
    row(6, ''),
  );
});

test('a new picture on a screen leaves the rest of the state as it was; everything else does not', () => {
  const beside = besidesScreens();
  const first = beside(showing('one'));
  expect(beside({...first, frames: new Map([[session, picture('two')]])})).toBe(first);
  const more = {...first, frames: new Map([...first.frames, ['01-api', picture('api')]])};
  expect(beside(more)).toBe(more);
  const further = {...more, scroll: 3};
  expect(beside(further)).toBe(further);
});
