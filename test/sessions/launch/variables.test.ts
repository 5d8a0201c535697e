import {expect, test} from 'vitest';
import type {Agent} from '../../../src/agents/agent.ts';
import {builtIn} from '../../../src/agents/registry.ts';
import {bringingHere} from '../../../src/sessions/here.ts';
import {environmentOf, givenTo, modeOf} from '../../../src/sessions/launch/variables.ts';
import type {CreateRequest, SessionsPort} from '../../../src/sessions/port.ts';

const agent: Agent = {
  ...builtIn.named('claude'),
  ...{credentials: ['KEY'], baseUrls: ['URL'], env: {UPDATER: 'off'}, modes: {all: {env: {MODE: 'auto'}}}},
};

test('what an agent is given is what it is known to need and what was asked for; the latter wins', () => {
  const here = {KEY: 'k', URL: 'u', PATH: '/bin', OTHER: 'o', TZ: 'UTC'};
  expect(givenTo(agent, {here, env: {URL: 'mine', FOO: ''}})).toEqual({KEY: 'k', URL: 'mine', FOO: ''});
  expect(givenTo(agent, {env: {}})).toEqual({});
});

test('what everything in the environment sees holds no keys', () => {
  const here = {KEY: 'k', TZ: 'Asia/Tokyo', EDITOR: 'vim', VISUAL: '/opt/code', GIT_AUTHOR_NAME: 'Ada'};
  const seen = environmentOf(agent, {mode: 'all', here, zone: 'Europe/Berlin'});
  expect(seen).toEqual({UPDATER: 'off', MODE: 'auto', TZ: 'Asia/Tokyo', EDITOR: 'vim', GIT_AUTHOR_NAME: 'Ada'});
  expect(environmentOf(agent, {mode: null, zone: 'Europe/Berlin'})).toEqual({UPDATER: 'off', TZ: 'Europe/Berlin'});
});

test.each(['code --wait', '/usr/bin/vim', '$(id)', 'a;b', ''])('an editor %j is none of the environment', EDITOR => {
  expect(environmentOf(agent, {mode: null, here: {EDITOR}, zone: ''})).not.toHaveProperty('EDITOR');
});

test('the directory of an interpreter comes first on the PATH', () => {
  const installation = {program: '/x/agent', pieces: [], path: ['/opt/node/bin', '/usr/bin']};
  expect(environmentOf(agent, {mode: null, zone: '', installation}).PATH).toMatch(
    /^\/opt\/node\/bin:\/usr\/bin:\/usr\/local\/bin:(?!.*\/usr\/bin:)/,
  );
});

test('a mode is had, is the usual one, or is refused with those there are', () => {
  expect(modeOf(agent, 'all', 'ask')).toBe('all');
  expect(modeOf(agent, undefined, 'all')).toBe('all');
  expect(modeOf(agent, undefined, 'ask')).toBeNull();
  expect(() => modeOf(agent, 'ask', 'all')).toThrow(
    expect.objectContaining({code: 'MODE_UNKNOWN', hint: 'It has: all.'}),
  );
});

test('who asks from a shell brings along what the agent needs of its variables, and no more', async () => {
  const asked: unknown[] = [];
  const port = bringingHere(
    {
      async resolve({agent}: CreateRequest) {
        if (agent !== 'claude') throw new Error(`there is no ${agent}`);
        return {agent, variables: ['KEY', 'TZ', 'UNSET'], project: null};
      },
      get: async () => ({variables: ['KEY', 'FOO']}),
      create: async (request: CreateRequest) => void asked.push(request.here),
      start: async (...args: unknown[]) => void asked.push(args[2]),
    } as unknown as SessionsPort,
    {KEY: 'k', TZ: 'UTC', FOO: 'f', SECRET: 's'},
  );
  const request = {agent: 'claude', args: [], repo: '.', env: {}, limits: {}, size: {columns: 80, rows: 24}};
  const never = new AbortController().signal;
  await port.create(request, () => {}, never);
  await expect(port.create({...request, agent: 'nobody'}, () => {}, never)).rejects.toThrow('there is no nobody');
  await port.start('x', request.size, {how: 'resume', env: {FOO: 'asked'}});
  expect(asked).toEqual([
    {KEY: 'k', TZ: 'UTC'},
    {how: 'resume', env: {FOO: 'asked'}, here: {KEY: 'k', FOO: 'f'}},
  ]);
});
