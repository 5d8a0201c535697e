import {execFileSync} from 'node:child_process';
import {mkdirSync, truncateSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {explainOf} from '../../src/composition/explain.ts';
import {configAt} from '../../src/lib/config.ts';
import {silentLog} from '../../src/lib/log.ts';
import {bytesOf, recordings, textOf} from '../support/agent-fixtures.ts';
import {temporaryHome} from '../support/home.ts';
import {cli} from './run.ts';

/** The command over the real rules, in a home of its own with these files. */
function world(files: Readonly<Record<string, string | Uint8Array>> = {}, config = '') {
  const {home, paths} = temporaryHome();
  const directory = path.join(home, 'captures');
  mkdirSync(directory);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(directory, name), content);
  if (config !== '') writeFileSync(path.join(paths.config, 'config.yaml'), config);
  const settings = configAt(paths.config);
  const explain = explainOf({paths, env: {}, config: settings, log: () => silentLog, version: '', command: 'trails'});
  return {
    directory,
    explain: (...words: readonly string[]) =>
      cli(['agents', 'explain', ...words], {explain, config: settings, cwd: () => directory}),
  };
}

const waiting = textOf('screens/claude/waiting-1.ansi');

test('a captured screen is explained, for a person and as JSON', async () => {
  const {explain} = world({'screen.ansi': waiting});
  const person = await explain('claude', '--screen', 'screen.ansi');
  expect(person).toMatchObject({code: 0, stderr: ''});
  expect(person.stdout.split('\n')).toEqual([
    ...['status  waiting (permission)', 'source  screen', 'rule    on the screen: permission dialog'],
    ...['detail  Do you want to proceed?', ''],
  ]);
  const json = await explain('claude', '--screen', 'screen.ansi', '--title', '✳ Claude Code', '--json');
  expect(JSON.parse(json.stdout)).toEqual({
    ...{status: 'waiting', kind: 'permission', source: 'screen', rule: 'on the screen: permission dialog'},
    detail: 'Do you want to proceed?',
  });
});

test('without more to say the kind is null; the title counts', async () => {
  const {explain} = world({'empty.ansi': ''});
  const {stdout} = await explain('claude', '--screen', 'empty.ansi', '--title', '◐ Claude Code', '--json');
  expect(JSON.parse(stdout)).toMatchObject({status: 'working', kind: null, source: 'title'});
  const nothing = await explain('claude', '--screen', 'empty.ansi', '--json');
  expect(JSON.parse(nothing.stdout)).toMatchObject({status: 'unknown', kind: null});
});

test('a screen is laid out for its own size, or for the one that is given', async () => {
  const {explain} = world({'screen.ansi': waiting});
  const told = async (...size: readonly string[]) =>
    JSON.parse((await explain('claude', '--screen', 'screen.ansi', '--json', ...size)).stdout).status;
  expect(await told('--columns', '110', '--rows', '34')).toBe('waiting');
  // Of a higher terminal; and the last rows of a lower one, with the dialog's end.
  expect(await told('--rows', '60')).toBe('waiting');
  expect(await told('--rows', '14')).toBe('waiting');
});

test('a recording is explained: in short, and step by step with its places', async () => {
  const recording = recordings.find(({file}) => file === 'codex-trust.raw')!;
  const {explain} = world({'codex.raw': bytesOf(recording)});
  const {stdout} = await explain('codex', '--recording', 'codex.raw', '--columns', '110', '--rows', '34', '--json');
  const told = JSON.parse(stdout);
  expect(told.statuses).toEqual(['waiting', 'ready']);
  expect(told.steps).toContainEqual({
    ...{status: 'waiting', kind: 'trust', source: 'screen', rule: 'on the screen: trust dialog', detail: ''},
    at: expect.any(Number),
  });
  const places = told.steps.map(({at}: {at: number}) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  const person = await explain('codex', '--recording', 'codex.raw');
  expect(person.stdout).toMatch(/^ *BYTES {2}STATUS .*\n(?:.*\n)*.*waiting \(trust\) +on the screen: trust dialog\n/);
});

test('rules of config.yaml are explained like those that are built in', async () => {
  const config =
    'agents:\n  mine:\n    command: [mine]\n    status: {screen: [{id: my dialog, status: waiting, all: ["^May I\\\\?"]}]}\n';
  const {explain} = world({'screen.txt': 'hello\nMay I?\n'}, config);
  const {stdout} = await explain('mine', '--screen', 'screen.txt', '--json');
  expect(JSON.parse(stdout)).toMatchObject({status: 'waiting', rule: 'on the screen: my dialog'});
});

test.each([
  [['nobody', '--screen', 'screen.ansi'], 64, 'There is no agent "nobody"; known: shell, claude'],
  [['claude'], 64, '--screen FILE or --recording FILE'],
  [['claude', '--screen', 'screen.ansi', '--recording', 'x'], 64, 'recording'],
  [['claude', '--recording', 'screen.ansi', '--title', 'x'], 64, '--title goes with --screen'],
  [['claude', '--screen', 'screen.ansi', '--columns', '0'], 64, '--columns is a number from 1 to 1000'],
  [['claude', '--screen', 'missing'], 66, 'there is no such file'],
  [['claude', '--screen', '.'], 66, 'it is no regular file'],
])('%j is refused: %i, %s', async (words, code, message) => {
  const {explain} = world({'screen.ansi': waiting});
  const told = await explain(...words);
  expect([told.code, told.stdout]).toEqual([code, '']);
  expect(told.stderr).toContain(message);
  expect(told.stderr).toMatch(/^hint: /m);
});

test('a file too large, and a pipe nobody writes to, are refused and not waited for', async () => {
  const {explain, directory} = world({'large.ansi': ''});
  truncateSync(path.join(directory, 'large.ansi'), 5 * 2 ** 20);
  execFileSync('mkfifo', [path.join(directory, 'pipe')]);
  expect((await explain('claude', '--screen', 'large.ansi')).stderr).toContain('more than 4 MB');
  expect((await explain('claude', '--recording', 'pipe')).stderr).toContain('it is no regular file');
});

test('what a capture holds cannot drive the terminal it is explained on', async () => {
  const hostile = `${'─'.repeat(60)}\n Bash command\n Do you want to \x1b]0;x\x07pro\u202eceed?\n ❯ 1. Yes\n   2. No\n\n Esc to cancel\n`;
  const {explain} = world({'screen.ansi': hostile});
  const {stdout} = await explain('claude', '--screen', 'screen.ansi');
  expect(stdout).toContain('waiting (permission)');
  expect(stdout).not.toMatch(/[\u001b\u202e]/);
});
