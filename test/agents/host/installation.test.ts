import {chmodSync, copyFileSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {installationOf} from '../../../src/agents/host/installation.ts';
import {builtIn} from '../../../src/agents/registry.ts';
import {temporaryDirectory} from '../../support/home.ts';

/** A home in which a program of this name is put at a place, and found on the PATH by a link. */
function scene(name = 'claude') {
  const home = temporaryDirectory();
  const at = (...names: string[]) => path.join(home, ...names);
  const program = (place: string, text = '\x7fELF') => {
    mkdirSync(path.dirname(at(place)), {recursive: true});
    writeFileSync(at(place), text);
    chmodSync(at(place), 0o755);
  };
  const link = (target: string, place: string) => {
    mkdirSync(path.dirname(at(place)), {recursive: true});
    symlinkSync(target, at(place));
  };
  const find = (searched = at('bin'), userHome = home) => {
    const {program: found, pieces, path: added} = installationOf(builtIn.named(name), {path: searched, home: userHome});
    const short = (place: string) => place.replace(`${home}/`, '');
    const shown = pieces.map(({source, target}) =>
      source === target ? short(source) : `${short(source)} at ${short(target)}`,
    );
    return {program: short(found), pieces: shown, path: added.map(short)};
  };
  return {home, at, program, link, find};
}

test('a program by itself is mounted alone', () => {
  const {program, find} = scene();
  program('bin/claude');
  program('bin/other');
  expect(find()).toEqual({program: 'bin/claude', pieces: ['bin/claude'], path: []});
});

test('one in a directory of its own comes with what is beside it', () => {
  const {program, link, find} = scene('cursor-agent');
  program('.local/share/cursor-agent/versions/1/cursor-agent', '#!/usr/bin/env bash\n');
  link('../.local/share/cursor-agent/versions/1/cursor-agent', 'bin/cursor-agent');
  expect(find()).toMatchObject({pieces: ['.local/share/cursor-agent/versions/1']});
});

test('a package for all comes with what is below it, and its node from a version of its own', () => {
  const {program, link, find, at} = scene('codex');
  program('.nvm/v24/lib/node_modules/@openai/codex/bin/codex.js', '#!/usr/bin/env node\n');
  program('.nvm/v24/bin/node');
  link('../lib/node_modules/@openai/codex/bin/codex.js', '.nvm/v24/bin/codex');
  expect(find(at('.nvm/v24/bin'))).toEqual({
    program: '.nvm/v24/lib/node_modules/@openai/codex/bin/codex.js',
    pieces: ['.nvm/v24/lib/node_modules/@openai/codex', '.nvm/v24/bin/node'],
    path: ['.nvm/v24/bin'],
  });
});

test('a package of a project comes with all of them, and a node that is among them comes once', () => {
  const {program, link, find, at} = scene('gemini');
  program('app/node_modules/@google/gemini-cli/node_modules/x/gemini.js', '#!/usr/bin/env node\n');
  program('app/node_modules/node/bin/node');
  link('../node/bin/node', 'app/node_modules/.bin/node');
  link('../@google/gemini-cli/node_modules/x/gemini.js', 'app/node_modules/.bin/gemini');
  expect(find(at('app/node_modules/.bin'))).toMatchObject({
    pieces: ['app/node_modules'],
    path: ['app/node_modules/node/bin'],
  });
});

test("pnpm's store is one piece: its packages are links to each other", () => {
  const {program, link, find} = scene('qwen');
  program('share/pnpm/global/5/.pnpm/qwen@1/node_modules/@qwen-code/qwen-code/cli.js', '#!/usr/bin/node\n');
  link('../share/pnpm/global/5/.pnpm/qwen@1/node_modules/@qwen-code/qwen-code/cli.js', 'bin/qwen');
  expect(find()).toMatchObject({pieces: ['share/pnpm/global/5/.pnpm'], path: []});
});

test('an interpreter that a script names by its place is mounted there', () => {
  const {program, link, find, at} = scene();
  program('cellar/node/24/bin/node');
  link('../../cellar/node/24/bin/node', 'opt/node/node');
  program('lib/node_modules/claude/cli.js', `#!${at('opt/node/node')} --flag\n`);
  link('../lib/node_modules/claude/cli.js', 'bin/claude');
  expect(find()).toEqual({
    program: 'lib/node_modules/claude/cli.js',
    pieces: ['lib/node_modules/claude', 'cellar/node/24/bin/node at opt/node/node'],
    path: [],
  });
});

test('an interpreter under another name is mounted where it was found', () => {
  const {program, link, find} = scene();
  program('node-24/nodejs');
  link('../node-24/nodejs', 'bin/node');
  program('bin/claude', '#!/usr/bin/env -S node --flag\n');
  expect(find()).toMatchObject({pieces: ['bin/claude', 'node-24/nodejs at bin/node'], path: ['bin']});
});

test('a virtual environment comes with the Python it was made with, under every name it has', () => {
  const {program, link, find, at} = scene('aider');
  program('python/3.12.7/bin/python3');
  link('3.12.7', 'python/3.12');
  program('venvs/aider/bin/aider', `#!/bin/sh\n'''exec' ${at('venvs/aider/bin/python')}\n`);
  program('venvs/aider/pyvenv.cfg', `home = ${at('python/3.12/bin')}\n`);
  link('../venvs/aider/bin/aider', 'bin/aider');
  expect(find()).toEqual({
    program: 'venvs/aider/bin/aider',
    pieces: ['venvs/aider', 'python/3.12.7 at python/3.12', 'python/3.12.7'],
    path: [],
  });
  program('venvs/aider/pyvenv.cfg', 'home = /usr/bin\n');
  expect(find().pieces).toEqual(['venvs/aider']);
});

test('what is in /usr is there already', () => {
  const {find, link} = scene();
  link('/usr/bin/env', 'bin/claude');
  expect(find()).toEqual({program: '/usr/bin/env', pieces: [], path: []});
});

test.each([
  ['a key', '.ssh/id', 0o600],
  ['a directory', '.ssh', 0o700],
  ['a file of settings', '.config/other/token', 0o600],
])('a first line that names %s instead of an interpreter brings nothing along', (_, place, mode) => {
  const {program, at, find} = scene();
  program(place === '.ssh' ? '.ssh/id' : place, 'secret');
  chmodSync(at(place), mode);
  program('bin/claude', `#!${at(place)}\n`);
  expect(find()).toEqual({program: 'bin/claude', pieces: ['bin/claude'], path: []});
});

test.each([
  ['a key that is a program', '#!HOME/.ssh/tool\n'],
  ['one that is found beside the PATH', '#!/usr/bin/env ../.ssh/tool\n'],
])('nobody is shown %s', (_, line) => {
  const {program, home, find} = scene();
  program('.ssh/tool');
  program('bin/claude', line.replace('HOME', home));
  const shown = () => find().pieces;
  if (line.includes('env')) expect(shown()).toEqual(['bin/claude']);
  else expect(shown).toThrow(expect.objectContaining({code: 'NOT_ALLOWED'}));
});

test('a virtual environment that says its Python is among the keys brings itself alone', () => {
  const {program, link, at, find} = scene('aider');
  program('venv/bin/aider', '#!/bin/sh\n');
  program('.ssh/id', 'secret');
  program('venv/pyvenv.cfg', `home = ${at('.ssh/bin')}\n`);
  mkdirSync(at('.ssh/bin'));
  link('../venv/bin/aider', 'bin/aider');
  expect(find().pieces).toEqual(['venv']);
});

test('a user who is called like an agent has a home all the same', () => {
  const {program, at, find} = scene('goose');
  program('goose/tools/goose');
  program('goose/tools/other');
  expect(find(at('goose/tools'), at('goose')).pieces).toEqual(['goose/tools/goose']);
});

test.each(['.', 'deep/er'])('an installation that holds the whole home (%s below it) is refused', below => {
  const {program, at, find} = scene('aider');
  program('bin/aider', '#!/bin/sh\n');
  program('pyvenv.cfg', 'home = /usr/bin\n');
  mkdirSync(at(below), {recursive: true});
  expect(() => find(at('bin'), at(below))).toThrow(expect.objectContaining({code: 'NOT_ALLOWED'}));
});

test.each(['', 'nowhere'])('one that is not there is named, with how to get it (PATH %j)', place => {
  const {at, find} = scene();
  expect(() => find(place === '' ? '' : at(place))).toThrow(
    expect.objectContaining({
      code: 'AGENT_MISSING',
      message: expect.stringContaining('Claude Code'),
      hint: expect.stringContaining('npm install -g @anthropic-ai/claude-code'),
    }),
  );
});

test('a file that cannot be run, or a link into nothing, is not it', () => {
  const {program, link, at, find} = scene();
  program('a/claude');
  chmodSync(at('a/claude'), 0o644);
  link('gone', 'b/claude');
  mkdirSync(at('c/claude'), {recursive: true});
  mkdirSync(at('d'));
  copyFileSync('/bin/true', at('d/claude'));
  expect(find(['a', 'b', 'c', 'd'].map(name => at(name)).join(':'))).toMatchObject({program: 'd/claude'});
});
