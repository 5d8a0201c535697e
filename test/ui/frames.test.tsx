import {stripVTControlCharacters} from 'node:util';
import {renderToString} from 'ink';
import {describe, expect, test} from 'vitest';
import type {ApplyPlan, SessionView} from '../../src/sessions/port.ts';
import {ThemeContext} from '../../src/ui/contexts.ts';
import {newApply, withPlan} from '../../src/ui/models/apply.ts';
import type {ConfirmState} from '../../src/ui/models/confirm.ts';
import {parsePatch} from '../../src/ui/models/diff.ts';
import {type DiffState, newDiff, withChanges, withPatch} from '../../src/ui/models/diff-place.ts';
import {type FormField, type FormState, newForm, withProblems, withSuggestedName} from '../../src/ui/models/form.ts';
import {moveNetwork} from '../../src/ui/models/network-place.ts';
import {fieldOf} from '../../src/ui/models/text-field.ts';
import {DashboardScreen} from '../../src/ui/screens/DashboardScreen.tsx';
import type {State} from '../../src/ui/state.ts';
import {themeFor} from '../../src/ui/theme.ts';
import {frameOf} from '../support/fake-port.ts';
import {sampleAgent} from '../support/sample-agents.ts';
import {everyChange, samplePatch} from '../support/sample-changes.ts';
import {everyNetwork} from '../support/sample-network.ts';
import {sampleNow, sampleSession, sampleStatus, sevenSessions, sixtySessions} from '../support/sample-session.ts';
import {stateWith} from '../support/ui-state.ts';

const drawn = (state: State, unicode = true): string => {
  const screen = (
    <ThemeContext value={themeFor({colors: true, unicode})}>
      <DashboardScreen state={state} />
    </ThemeContext>
  );
  const text = stripVTControlCharacters(renderToString(screen, {columns: state.size.columns}));
  return `${text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')}\n`;
};
const golden = (name: string) => `frames/${name}.txt`;

const question = frameOf([
  '\x1b[1mWelcome\x1b[0m',
  '',
  '> fix the cart total when a coupon is used twice',
  '',
  '\x1b[32m●\x1b[0m I found it: \x1b[36msrc/cart.ts\x1b[0m applies the coupon twice.',
  '',
  '╭──────────────────────────────────────╮',
  '│ Allow edit of src/cart.ts?           │',
  '│ ❯ 1. Yes                             │',
  '│   2. No, and say what to do instead  │',
  '╰──────────────────────────────────────╯',
]);
const frames = new Map([['01-checkout-flow', question]]);
const diffOf = (session: string): DiffState => {
  const changes = everyChange();
  const [file] = changes.files;
  if (!file) throw new Error('no changes');
  const diff = withChanges(newDiff(session), changes);
  return withPatch(diff, file.path, parsePatch(samplePatch(file), file, changes.version, false), 30);
};
const plan: ApplyPlan = {
  ...{how: 'merge', target: '/home/ada/projects/shop', branch: 'main', uncommitted: true, version: 'v1'},
  commits: [{id: '1a2b3c4d5e6f', subject: 'Count a coupon once', author: 'claude'}],
  files: everyChange().files,
  conflicts: [{path: 'src/cart.ts', why: 'changed in main, too'}],
  refused: [{path: '.GIT/hooks/pre-commit', why: 'a name of git'}],
};
const apply = withPlan(newApply({id: '01-checkout-flow', name: 'checkout-flow'}), plan);
const ended = sampleSession({name: 'release', agent: 'claude', phase: 'stopped', exitCode: 1, resumes: true});
const claude = sampleAgent({
  ...{name: 'claude', title: 'Claude Code', modes: ['ask', 'edits', 'all']},
  ...{variables: ['PATH', 'TZ', 'ANTHROPIC_API_KEY'], credentials: ['ANTHROPIC_API_KEY']},
});
const filledForm = (focus: FormField): FormState => {
  const present = new Set(['PATH', 'TZ', 'ANTHROPIC_API_KEY']);
  const form = withSuggestedName(newForm('/home/ada/projects/api', [claude], present), 'brave-otter');
  const prompt = fieldOf(
    'let tokens expire\nand let a client refresh one in its last minutes, before it has to log in',
  );
  return {...form, focus, chosen: {...form.chosen, mode: 'all'}, fields: {...form.fields, prompt}};
};
/** Everything a row can tell beyond the ordinary. */
const calling = (): SessionView[] => {
  const [working, waiting, ...others] = sevenSessions();
  if (!working || !waiting) throw new Error('no sessions');
  return [
    {
      ...working,
      mode: 'all',
      status: sampleStatus('working', {kind: 'retry', detail: '401 Unauthorized, attempt 4/10'}),
    },
    {...waiting, mode: 'all', status: {...waiting.status, kind: 'permission'}},
    sampleSession({name: 'search', agent: 'codex', unseen: true, workspace: waiting.workspace, createdAt: 1}),
    sampleSession({name: 'deploy', agent: 'gemini', unseen: true, status: sampleStatus('error'), createdAt: 2}),
    sampleSession({name: 'fetch', agent: 'claude', network: 'allowlist', denied: 3, mode: 'all', createdAt: 4}),
    sampleSession({name: 'login', agent: 'gemini', status: sampleStatus('waiting', {kind: 'login'}), createdAt: 3}),
    ...others,
  ];
};
const sizes = {
  '60x20': {columns: 60, rows: 20},
  '80x24': {columns: 80, rows: 24},
  '120x40': {columns: 120, rows: 40},
};
const worlds: Record<string, readonly SessionView[]> = {
  none: [],
  one: [sampleSession()],
  seven: sevenSessions(),
  sixty: sixtySessions(),
};

describe.each(Object.entries(sizes))('%s', (name, size) => {
  test.each(Object.entries(worlds))('%s', async (world, sessions) => {
    await expect(drawn(stateWith(sessions, {size, frames}))).toMatchFileSnapshot(golden(`${name}-${world}`));
  });
  test('form with a problem', async () => {
    const filled = withSuggestedName(newForm('/home/ada/projects/api', []), 'brave-otter');
    const form = {
      ...withProblems(filled, {repo: '/home/ada/projects/api is in use by session "api"'}, {}),
      focus: 'directory' as const,
      touched: new Set(['directory' as const]),
    };
    const state = stateWith(sevenSessions(), {size, overlay: {kind: 'form', form}});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-form`));
  });
  test('form of an agent that will ask for nothing', async () => {
    const state = stateWith(sevenSessions(), {size, overlay: {kind: 'form', form: filledForm('mode')}});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-form-all`));
  });
  test('those who call for a person, one that retries, one that asks for nothing', async () => {
    const state = stateWith(calling(), {size, frames});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-calling`));
  });
  test('a session whose agent has ended', async () => {
    const state = stateWith([ended], {size, paneOpen: true, frames: new Map([[ended.id, question]])});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-ended`));
  });
  test('tear-down of three', async () => {
    const sessions = sevenSessions().slice(0, 3);
    const confirm: ConfirmState = {
      act: 'tearDown',
      sessions,
      summaries: new Map(
        sessions.map(({id, workspace}) => [
          id,
          {
            work: workspace.mode === 'bind' ? [] : ['12 files +160 −1809, 2 of them ignored by git (3 MB)'],
            saves: workspace.mode === 'bind' ? [] : [`refs/trails/recovery/${id} in ${workspace.source}`],
            removes: ['its container, and files the agent made outside /workspace'],
            keeps: [`${workspace.path} with everything in it`],
          },
        ]),
      ),
      problem: '',
      yes: false,
    };
    const state = stateWith(sevenSessions(), {size, overlay: {kind: 'confirm', confirm}});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-confirm`));
  });
  test('info', async () => {
    const row = {id: 1, at: sampleNow, session: '01-api', name: 'api', pid: 1, by: 'trails'};
    const audit = {id: '01-api', value: [{...row, action: 'attach', detail: '80x24', result: 'no such container'}]};
    // Times of day depend on where the test runs: the rows with one are left out.
    const text = drawn(stateWith(sevenSessions(), {size, tab: 'info', paneOpen: true, selected: '01-api', audit}))
      .replace(/\d\d\d\d-\d\d-\d\d \d\d:\d\d:\d\d|\d\d:\d\d:\d\d/g, match => '#'.repeat(match.length))
      .replace(/####-##-## |#{19}/g, '#'.repeat(19));
    await expect(text).toMatchFileSnapshot(golden(`${name}-info`));
  });
  test('diff', async () => {
    const state = stateWith(sevenSessions(), {size, tab: 'diff', paneOpen: true, diff: diffOf('01-checkout-flow')});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-diff`));
  });
  test('network', async () => {
    const network = moveNetwork({id: '01-api', view: everyNetwork(), chosen: undefined}, 1);
    const sessions = sevenSessions().map(session =>
      session.id === '01-api' ? {...session, network: 'allowlist' as const, denied: 2} : session,
    );
    const state = stateWith(sessions, {size, tab: 'network', paneOpen: true, selected: '01-api', network});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-network`));
  });
  test('apply with a conflict', async () => {
    const state = stateWith(sevenSessions(), {size, overlay: {kind: 'apply', apply}});
    await expect(drawn(state)).toMatchFileSnapshot(golden(`${name}-apply`));
  });
  test('help', async () => {
    await expect(drawn(stateWith([], {size, overlay: {kind: 'help', top: 0}}))).toMatchFileSnapshot(
      golden(`${name}-help`),
    );
  });
});

test('200x60 with sixty', async () => {
  const state = stateWith(sixtySessions(), {size: {columns: 200, rows: 60}, frames});
  await expect(drawn(state)).toMatchFileSnapshot(golden('200x60-sixty'));
});
test('200x60 the files beside the hunks of one', async () => {
  const diff = diffOf('01-checkout-flow');
  const state = stateWith(sevenSessions(), {size: {columns: 200, rows: 60}, tab: 'diff', diff});
  await expect(drawn(state)).toMatchFileSnapshot(golden('200x60-diff'));
});
test('200x24 rules beside what was tried', async () => {
  const network = {id: '01-checkout-flow', view: everyNetwork(), chosen: undefined};
  const state = stateWith(sevenSessions(), {size: {columns: 200, rows: 24}, tab: 'network', network});
  await expect(drawn(state)).toMatchFileSnapshot(golden('200x24-network'));
});
test('200x24 the same without Unicode', async () => {
  const diff = diffOf('01-checkout-flow');
  const state = stateWith(sevenSessions(), {size: {columns: 200, rows: 24}, tab: 'diff', diff});
  await expect(drawn(state, false)).toMatchFileSnapshot(golden('200x24-diff-ascii'));
});
test('80x24 the pane of a narrow terminal', async () => {
  const state = stateWith(sevenSessions(), {
    size: sizes['80x24'],
    frames,
    paneOpen: true,
    selected: '01-checkout-flow',
  });
  await expect(drawn(state)).toMatchFileSnapshot(golden('80x24-pane'));
});
test('80x24 before the first list', async () => {
  await expect(drawn(stateWith(undefined, {size: sizes['80x24']}))).toMatchFileSnapshot(golden('80x24-loading'));
});
test('80x24 an error with its hint', async () => {
  const notices = [
    {
      id: 1,
      level: 'error' as const,
      text: 'Could not reach Podman at the socket of this user, though it answered a moment ago',
      hint: 'Run `trails doctor` to see what is missing.',
    },
  ];
  const engine = {provider: 'podman', state: 'unreachable' as const, detail: '', hint: ''};
  const state = stateWith(sevenSessions(), {size: sizes['80x24'], notices, engine});
  await expect(drawn(state)).toMatchFileSnapshot(golden('80x24-error'));
});
test('80x24 while a session is created', async () => {
  const creation = {
    name: 'brave-otter',
    step: 'making the container',
    index: 3,
    total: 5,
    fraction: 0.4,
    startedAt: sampleNow - 4200,
    cancelling: false,
  };
  const state = stateWith([], {size: sizes['80x24'], creation, overlay: {kind: 'creating'}});
  await expect(drawn(state)).toMatchFileSnapshot(golden('80x24-creating'));
});
test('100x24 without Unicode', async () => {
  const state = stateWith(sevenSessions(), {size: {columns: 100, rows: 24}});
  await expect(drawn(state, false)).toMatchFileSnapshot(golden('100x24-ascii'));
});
test('20x5 says kindly that it is too small', async () => {
  await expect(drawn(stateWith(sevenSessions(), {size: {columns: 20, rows: 5}}))).toMatchFileSnapshot(golden('20x5'));
});

test('nothing is wider or higher than the terminal, at any size', () => {
  for (let columns = 1; columns <= 200; columns += columns < 100 ? 13 : 37) {
    for (const rows of [1, 5, 8, 15, 24]) {
      for (const overlay of [
        {kind: 'none'},
        {kind: 'help', top: 3},
        {kind: 'filter'},
        {kind: 'apply', apply},
        {kind: 'form', form: filledForm('agent')},
      ] as const) {
        const lines = drawn(
          stateWith(sevenSessions(), {
            ...{size: {columns, rows}, frames, overlay, paneOpen: rows % 2 === 0},
            ...(rows > 5 ? {tab: 'diff', diff: diffOf('01-checkout-flow')} : {}),
          }),
        )
          .trimEnd()
          .split('\n');
        expect(lines.length, `${columns}x${rows}`).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map(line => [...line].length)), `${columns}x${rows}`).toBeLessThanOrEqual(columns);
      }
    }
  }
});
