import {lstatSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {besideBroker, brokered, brokeringOf, credentialsFor} from '../../../src/sessions/launch/brokering.ts';
import {hostsGiven} from '../../../src/sessions/network/hosts-given.ts';
import {temporaryHome} from '../../support/home.ts';

const claude = builtIn.named('claude');
const shell = builtIn.named('shell');
const aider = builtIn.named('aider');

test('in the place of the key stands the token, and the way to the model leads through the relay', () => {
  const given = {ANTHROPIC_API_KEY: 'real', ANTHROPIC_MODEL: 'm', MINE: 'x'};
  expect(brokered(claude, given, 'token')).toEqual({
    given: {
      ...{ANTHROPIC_API_KEY: 'token', ANTHROPIC_MODEL: 'm', MINE: 'x'},
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:3128/anthropic',
    },
    token: 'token',
    routes: [
      {
        ...{name: 'anthropic', upstream: 'https://api.anthropic.com', header: 'X-Api-Key', format: '{key}'},
        ...{key: 'real', paths: ['/v1/']},
      },
    ],
  });
});

test('a model elsewhere is asked there, and of two keys for one place the more usual one is used', () => {
  const given = {ANTHROPIC_API_KEY: 'real', ANTHROPIC_AUTH_TOKEN: 'other', ANTHROPIC_BASE_URL: 'https://gw.example/a'};
  const {routes, given: inside} = brokered(claude, given, 'token');
  expect(routes).toMatchObject([{name: 'anthropic', key: 'real', upstream: 'https://gw.example/a'}]);
  expect(Object.values(inside).join()).not.toMatch(/real|other|gw/);
});

test('a key that has no route stays outside all the same', () => {
  expect(brokered(claude, {CLAUDE_CODE_OAUTH_TOKEN: 'real'}, 'token')).toEqual({given: {}, token: '', routes: []});
});

test('the token of a session is the same at each start, another one for each session, and its secret is ours alone', () => {
  const {paths} = temporaryHome();
  const of = (id: string) => brokeringOf(paths, claude, {id, credentials: 'broker'}, {ANTHROPIC_API_KEY: 'real'}).token;
  expect(of('one')).toMatch(/^sk-trails-[\w-]{43}$/);
  expect(of('one')).toBe(of('one'));
  expect(of('two')).not.toBe(of('one'));
  expect(lstatSync(path.join(paths.state, 'tokens.key')).mode & 0o777).toBe(0o600);
  const forwarded = brokeringOf(paths, claude, {id: 'one', credentials: 'forward'}, {ANTHROPIC_API_KEY: 'real'});
  expect(forwarded).toEqual({given: {ANTHROPIC_API_KEY: 'real'}, token: '', routes: []});
});

test('what the broker asks is not reached beside it', () => {
  expect(claude.hosts).toContain('api.anthropic.com');
  const {hosts, baseUrls} = besideBroker(claude);
  expect(hosts).toEqual(claude.hosts.filter(host => host !== 'api.anthropic.com'));
  const given = {env: {ANTHROPIC_BASE_URL: 'https://gw.example'}};
  expect(hostsGiven(given, claude)).toEqual(['gw.example']);
  expect(hostsGiven(given, {baseUrls})).toEqual([]);
});

test('keys stay outside where that can be, and are refused where it cannot', () => {
  expect(credentialsFor(claude, {asked: 'broker', usual: 'forward'}, 'allowlist')).toBe('broker');
  expect(credentialsFor(claude, {asked: undefined, usual: 'broker'}, 'allowlist')).toBe('broker');
  expect(credentialsFor(claude, {asked: 'forward', usual: 'broker'}, 'open')).toBe('forward');
  const shared = {...claude, share: true};
  expect(() => credentialsFor(shared, {asked: 'broker', usual: 'forward'}, 'allowlist')).toThrow(
    'shares your own files',
  );
  expect(credentialsFor(shell, {asked: undefined, usual: 'broker'}, 'none')).toBe('forward');
  const refused = {code: 'UNSUPPORTED'};
  const thrown = (call: () => unknown) => {
    try {
      return call();
    } catch (error) {
      return error;
    }
  };
  expect(thrown(() => credentialsFor(aider, {asked: undefined, usual: 'broker'}, 'allowlist'))).toMatchObject(refused);
  expect(thrown(() => credentialsFor(shell, {asked: 'broker', usual: 'forward'}, 'allowlist'))).toMatchObject(refused);
  expect(thrown(() => credentialsFor(claude, {asked: 'broker', usual: 'forward'}, 'open'))).toMatchObject(refused);
});

test('the hosts and routes of every agent are such as can be let through', async () => {
  const {ruleHosts} = await import('../../../src/egress/policy/rule-hosts.ts');
  const {upstreamOf} = await import('../../../src/egress/broker/upstream.ts');
  for (const agent of builtIn.all) {
    for (const host of agent.hosts) expect(ruleHosts(host), `${agent.name}: ${host}`).toEqual({hosts: [host]});
    for (const {upstream, key, baseUrl, format, paths} of agent.broker ?? []) {
      expect(upstreamOf(upstream)?.secure).toBe(true);
      expect(agent.credentials).toContain(key);
      expect(agent.baseUrls).toContain(baseUrl);
      expect(format).toContain('{key}');
      expect(paths.every(start => /^\/[\w/-]+$/.test(start))).toBe(true);
    }
  }
});
