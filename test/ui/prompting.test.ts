import {expect, test} from 'vitest';
import {AppError} from '../../src/errors.ts';
import {textOf} from '../../src/ui/models/line.ts';
import {promptLines} from '../../src/ui/models/prompt-sheet.ts';
import {sessionRow} from '../../src/ui/models/session-row.ts';
import {areaRows, editArea, emptyArea, insertText, type TextArea} from '../../src/ui/models/text-area.ts';
import {samplePrompt} from '../support/fake-prompts.ts';
import {sampleNow, sampleSession} from '../support/sample-session.ts';
import {openDashboard} from '../support/ui-dashboard.ts';
import {keys} from '../support/ui-keys.ts';

const three = () => ['a', 'b', 'c'].map((name, at) => sampleSession({name, createdAt: at + 1}));
const sends = (calls: readonly string[]) => calls.filter(call => call.startsWith('send '));

test('what is written goes to the selected session, with its line breaks', async () => {
  const {listed, press, state, until, fake, dashboard} = openDashboard([sampleSession()]);
  await listed();
  press('m', "'fix it'", 'ctrl-j', "'now'");
  dashboard.paste(', and\r\nrun the tests\x1b[201~');
  press('enter');
  expect(state().overlay.kind).toBe('none');
  await until(now => now.notices.length > 0);
  expect(sends(fake.calls)).toEqual(['send 01-api fix it\nnow, and\nrun the tests']);
});

test('marked ones all get it, and one that refuses keeps what was written', async () => {
  const {listed, press, state, until, fake} = openDashboard(three());
  await listed();
  press('space', 'space', 'm', "'go'");
  const {overlay} = state();
  expect(overlay.kind === 'prompt' && overlay.sheet.targets.map(({name}) => name)).toEqual(['a', 'b']);
  fake.failWith('send', new AppError('PHASE_FORBIDS', 'b takes no prompts'));
  press('enter');
  await until(now => now.notices.some(({text}) => text === 'b takes no prompts') && now.drafts.size === 1);
  expect([...state().drafts]).toEqual([['01-a 01-b', 'go']]);
  expect(state().marked.size).toBe(0);
});

test('esc keeps the draft for those sessions; nothing written is not sent', async () => {
  const {listed, press, state, said, fake} = openDashboard(three());
  await listed();
  press('m', "'half'", 'esc', 'j', 'm', 'enter');
  expect(said()).toEqual(['There is nothing written to send']);
  press('esc', 'k', 'm', "' done'");
  const {overlay} = state();
  expect(overlay).toMatchObject({kind: 'prompt', sheet: {area: {text: 'half done'}}});
  expect(sends(fake.calls)).toEqual([]);
});

test('the sheet tells to whom, and what became of the last ones as that changes', async () => {
  const queued = samplePrompt();
  const {listed, press, state, until, fake} = openDashboard([
    sampleSession({name: 'a', prompts: {waiting: 1, last: queued}}),
  ]);
  await listed();
  press('m');
  await until(now => now.overlay.kind === 'prompt' && now.overlay.sheet.sent.size === 1);
  const shown = () => {
    const {overlay, sessions = []} = state();
    return overlay.kind === 'prompt' ? promptLines(overlay.sheet, sessions, 70, 20).map(textOf) : [];
  };
  expect(shown()).toContain('◌ fix the tests  queued: the agent works');
  const delivered = {...queued, state: 'delivered' as const, detail: 'it said so'};
  fake.change('a', {prompts: {waiting: 0, last: delivered}});
  await until(now => now.sessions?.[0]?.prompts.waiting === 0);
  expect(shown()).toEqual(expect.arrayContaining(['Prompt to a', '✓ fix the tests  delivered: it said so']));
});

test.each([
  [{waiting: 0, last: null}, ' '],
  [{waiting: 2, last: samplePrompt()}, '»'],
  [{waiting: 0, last: samplePrompt({state: 'failed'})}, '!'],
  [{waiting: 0, last: samplePrompt({state: 'delivered'})}, ' '],
] as const)('a row with the prompts %j has the mark %j', (prompts, mark) => {
  const context = {selected: false, marked: false, index: 0, pending: undefined, now: sampleNow};
  expect(sessionRow(sampleSession({prompts}), context).prompts.text).toBe(mark);
});

const written = (...names: readonly string[]): TextArea =>
  keys(...names).reduce((area, press) => editArea(area, press), insertText(emptyArea, 'one two\nthree\n'));

test.each([
  ['up', 'x', 'one two\nxthree\n'],
  ['up up', 'x', 'xone two\nthree\n'],
  ['up end', 'x', 'one two\nthreex\n'],
  ['up right right up', 'x', 'onxe two\nthree\n'],
  ['up up end down', 'x', 'one two\nthreex\n'],
  ['up up down down down', 'x', 'one two\nthree\nx'],
  ['backspace ctrl-w', 'x', 'one two\nx'],
  ['up ctrl-k', 'x', 'one two\nx\n'],
  ['up end ctrl-u', 'x', 'one two\nx\n'],
  ['up backspace', 'x', 'one twoxthree\n'],
  ['up up delete home left', 'x', 'xne two\nthree\n'],
])('in several lines %s and then %s makes %j', (moves, typed, text) => {
  expect(editArea(written(...moves.split(' ')), {key: typed, text: typed}).text).toBe(text);
});

test('rows are as wide as they may be, and the cursor is always in one of them', () => {
  const area = insertText(emptyArea, 'abcdefgh\n漢字漢字');
  expect(areaRows(area, 5)).toMatchObject({
    rows: [[...'abcd'], [...'efgh'], [...'漢字'], [...'漢字']],
    row: 3,
    column: 2,
  });
  expect(areaRows({...area, cursor: 4}, 5)).toMatchObject({row: 1, column: 0});
  expect(areaRows(emptyArea, 5)).toEqual({rows: [[]], row: 0, column: 0});
});
