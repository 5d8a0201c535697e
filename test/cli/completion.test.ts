import {execFileSync} from 'node:child_process';
import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {completionScripts, shells} from '../../src/cli/completion-scripts.ts';
import {AppError} from '../../src/errors.ts';
import {temporaryDirectory} from '../support/home.ts';
import {fakePort, sessionView} from './fake-port.ts';
import {cli} from './run.ts';

const two = [sessionView(), sessionView({id: 'b', name: 'web'})];

async function completions(...words: readonly string[]): Promise<readonly string[]> {
  const {stdout} = await cli(['__complete', '--', ...words], {port: fakePort(two).port});
  return stdout
    .split('\n')
    .filter(Boolean)
    .map(line => line.split('\t')[0] ?? '');
}

test('the first word is a command; hidden ones are not offered', async () => {
  const found = await completions('');
  expect(found).toEqual(expect.arrayContaining(['new', 'ls', 'completion']));
  expect(found).not.toContain('__complete');
});

test.each([
  [['show', '']],
  [['attach', 'a']],
  [['rm', 'api', '']],
  [['--dev', 'exec', '']],
  [['logs', '--tail', '5', '']],
])('%j completes the names of sessions', async words => {
  expect(await completions(...words)).toEqual(['api', 'web']);
});

test.each([
  [
    ['images', ''],
    ['ls', 'build', 'rm'],
  ],
  [
    ['new', '--network', ''],
    ['none', 'allowlist', 'open'],
  ],
  [['new', '--agent', ''], ['shell']],
  [['images', 'build', ''], ['shell']],
  [['images', 'rm', 'shell', ''], ['shell']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [['new', ''], []],
  [['show', 'api', ''], []],
  [['exec', 'api', '--', ''], []],
])('%j completes %j', async (words, expected) => {
  expect(await completions(...words)).toEqual(expected);
});

test('options are those of the command and those of all', async () => {
  expect(await completions('ls', '--')).toEqual(['--json', '--version', '--provider', '--dev']);
});

test('when the sessions cannot be asked, nothing is offered and nothing is said', async () => {
  const {port} = fakePort([], {
    list: async () => {
      throw new AppError('STATE_UNUSABLE', 'no');
    },
  });
  expect(await cli(['__complete', '--', 'show', ''], {port})).toMatchObject({code: 0, stdout: '', stderr: ''});
});

test.each(shells)('completion %s prints its script', async shell => {
  expect((await cli(['completion', shell])).stdout).toBe(completionScripts[shell]);
});

test('bash completes with it, names that begin with what is typed', () => {
  const directory = temporaryDirectory();
  const program = path.join(directory, 'trails');
  writeFileSync(
    program,
    '#!/bin/sh\nprintf "asked %s\\n" "$*" >&2\nprintf "api\\tready\\napi-2\\tready\\nweb\\twaiting\\n"\n',
  );
  chmodSync(program, 0o755);
  const script = `${completionScripts.bash}
COMP_WORDS=(trails show ap); COMP_CWORD=2; _trails; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['--norc', '-c', script], {
    env: {PATH: `${directory}:${process.env.PATH}`},
    encoding: 'utf8',
  });
  expect(out).toBe('api\napi-2\n');
});
