import {stripVTControlCharacters} from 'node:util';
import {renderToString} from 'ink';
import {describe, expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {ThemeContext} from '../../src/ui/contexts.ts';
import {firstPicture} from '../../src/ui/first-picture.ts';
import {DashboardScreen} from '../../src/ui/screens/DashboardScreen.tsx';
import type {State} from '../../src/ui/state.ts';
import {type Theme, themeFor} from '../../src/ui/theme.ts';
import {sampleSession, sevenSessions, sixtySessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const byInk = (state: State, theme: Theme): string[] => {
  const screen = (
    <ThemeContext value={theme}>
      <DashboardScreen state={state} />
    </ThemeContext>
  );
  const text = stripVTControlCharacters(renderToString(screen, {columns: state.size.columns}));
  const lines = text.split('\n').map(line => line.trimEnd());
  return Array.from({length: state.size.rows}, (_, row) => lines[row] ?? '');
};

async function onTerminal(picture: string, {size}: State): Promise<readonly string[]> {
  const emulator = createEmulator({size});
  emulator.write(Buffer.from(picture));
  await emulator.settled();
  const text = emulator.text();
  emulator.dispose();
  return text;
}

const worlds: Readonly<Record<string, readonly SessionView[]>> = {
  none: [],
  one: [sampleSession()],
  seven: sevenSessions(),
  sixty: sixtySessions(),
  'long names': [sampleSession({name: 'a'.repeat(40), agent: 'b'.repeat(60), note: '漢字'.repeat(80)})],
};
const sizes = ['36x8', '60x20', '80x24', '120x40', '200x60'];

describe.each(Object.keys(worlds))('the first picture of %s', world => {
  test.each(sizes)('is what Ink draws then, at %s', async named => {
    const [columns = 0, rows = 0] = named.split('x').map(Number);
    for (const unicode of [true, false]) {
      const theme = themeFor({colors: true, unicode});
      const state = stateWith(worlds[world]!, {size: {columns, rows}});
      expect(await onTerminal(firstPicture(state, theme)!, state)).toEqual(byInk(state, theme));
    }
  });
});

test('there is none before the list is known, or where there is no room', () => {
  const theme = themeFor({colors: true, unicode: true});
  expect(firstPicture({...stateWith([], {}), sessions: undefined}, theme)).toBeUndefined();
  expect(firstPicture(stateWith([], {size: {columns: 20, rows: 4}}), theme)).toBeUndefined();
});

test('without colours it has none', () => {
  const picture = firstPicture(stateWith(sevenSessions(), {}), themeFor({colors: false, unicode: true}));
  expect(picture).not.toMatch(/\x1b\[[34]\dm/);
});
