import {expect, test} from 'vitest';
import {frameOf} from '../support/fake-port.ts';
import {sevenSessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

// Ink decides about colours when it is loaded: sixteen of them, whatever runs the test.
process.env.FORCE_COLOR = '1';
const {renderToString} = await import('ink');
const {DashboardScreen} = await import('../../src/ui/screens/DashboardScreen.tsx');
const {ThemeContext} = await import('../../src/ui/contexts.ts');
const {themeFor} = await import('../../src/ui/theme.ts');

const state = stateWith(sevenSessions(), {
  size: {columns: 100, rows: 16},
  frames: new Map([['01-checkout-flow', frameOf(['\x1b[1;38;2;9;8;7mWelcome\x1b[0m to \x1b[4mcolours\x1b[24m'])]]),
});
const drawn = (colors: boolean) =>
  renderToString(
    <ThemeContext value={themeFor({colors, unicode: true})}>
      <DashboardScreen state={state} />
    </ThemeContext>,
    {columns: 100},
  );

/** SGR codes that choose a colour. */
const colored = /\x1b\[(?:[34]\d|9\d|10\d)(?:[;:]\d+)*m/;

test('with colours', async () => {
  await expect(`${drawn(true).replaceAll('\x1b', '␛')}\n`).toMatchFileSnapshot('frames/100x16-colors.txt');
});
test('NO_COLOR leaves no colour, not even an agent’s; bold and dim stay', () => {
  expect(drawn(false)).not.toMatch(colored);
  expect(drawn(false)).toContain('\x1b[1m');
  expect(drawn(true)).toMatch(colored);
});
