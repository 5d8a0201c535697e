import {existsSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Decision, NetworkView, SessionView} from '../../src/sessions/port.ts';
import {becomes, code, never, type PortScene} from './port-scene.ts';

export function describeNetworks(scene: PortScene): void {
  const egress = () => scene.fixture.egress;
  const open = (changes: Parameters<PortScene['create']>[0] = {}) => scene.create({network: 'allowlist', ...changes});
  const served = ({id}: SessionView) => egress().served.get(id)?.policy.rules ?? [];
  const hosts = (session: SessionView) => served(session).map(({host, decision}) => `${decision} ${host}`);
  const decide = (host: string, decision: Decision, ref = 'api') => scene.port.decide(ref, {host, decision});
  const told = ({rules}: NetworkView) => rules.map(({host, decision, from}) => `${decision} ${host} ${from}`);
  const denied = (count: number, ref = 'api') => becomes(scene.port, ref, view => view.denied === count);
  const asks = (session: SessionView, ...asked: readonly string[]) => {
    for (const host of asked) egress().attempt(session.id, host);
    scene.fixture.pass(100);
  };

  describe('networks', () => {
    test('a session is let out before its agent runs, to the hosts that were asked for', async () => {
      const session = await open({allow: ['API.Example.com.', '*.example.org', 'npm']});
      expect(session.network).toBe('allowlist');
      const {directory} = egress().served.get(session.id)!;
      expect(existsSync(directory)).toBe(true);
      expect(hosts(session)).toEqual(expect.arrayContaining(['allow api.example.com', 'allow .example.org']));
      const {rules, attempts, problem} = await scene.port.network('api');
      expect(rules.map(({host, from}) => [host, from])).toEqual([
        ['api.example.com', 'request'],
        ['.example.org', 'request'],
        ['npm', 'request'],
      ]);
      expect(rules[2]!.hosts).toContain('registry.npmjs.org');
      expect([attempts, problem]).toEqual([[], '']);
    });

    test('a named host makes an allowlist where nothing was said of the network', async () => {
      const {network} = await scene.create({allow: ['api.example.com']});
      expect(network).toBe('allowlist');
    });

    test.each([
      ['10.0.0.1', 'is an IP address'],
      ['0x7f.1', 'is an IP address'],
      ['[::1]', 'is an IP address'],
      ['api.example.com:8443', 'has a port'],
      ['.com', 'top-level domain'],
      ['nmp', 'neither a host'],
      ['a b.example', 'is no host name'],
      ['', 'no host name'],
    ])('"%s" cannot be allowed, and nothing is made', async (host, why) => {
      const message = expect.stringContaining(why);
      await expect(open({allow: ['ok.example.com', host]})).rejects.toEqual(code('HOST_INVALID', message));
      expect(await scene.port.validate(scene.request({allow: [host]}))).toEqual({allow: message});
      await scene.expectNothing();
      await open();
      await expect(decide(host, 'session')).rejects.toEqual(code('HOST_INVALID', message));
      expect((await scene.port.network('api')).rules).toEqual([]);
    });

    test('what was meant is said', async () => {
      await expect(open({allow: ['nppm']})).rejects.toMatchObject({hint: 'Did you mean npm?'});
      await expect(open({allow: ['https://docs.example.com/x']})).rejects.toMatchObject({
        hint: 'Give the host alone: docs.example.com.',
      });
    });

    test.each(['none', 'open'] as const)('hosts and the network %s do not go together', async network => {
      await expect(open({network, allow: ['api.example.com']})).rejects.toEqual(code('USAGE'));
      await open({network});
      await expect(decide('api.example.com', 'session')).rejects.toEqual(code('UNSUPPORTED'));
      expect(await scene.port.network('api')).toEqual({network, rules: [], attempts: [], routes: [], problem: ''});
      expect(egress().served.size).toBe(0);
    });

    test('what was denied is counted until a rule speaks of it, or a person has looked', async () => {
      const session = await open({allow: ['api.example.com']});
      asks(session, 'api.example.com', 'one.example.net', 'one.example.net', 'two.example.net');
      expect(await denied(2)).toMatchObject({denied: 2});
      const {attempts} = await scene.port.network('api');
      expect(attempts.map(({host, outcome, count, ruled}) => [host, outcome, count, ruled])).toEqual([
        ['two.example.net', 'denied', 1, null],
        ['one.example.net', 'denied', 2, null],
        ['api.example.com', 'allowed', 1, 'allow'],
      ]);
      await decide('two.example.net', 'block');
      await denied(1);
      await scene.port.networkSeen('api');
      await denied(0);
      asks(session, 'one.example.net');
      asks(session, 'three.example.net');
      await denied(1);
    });

    test('what a person says holds at once, for this session or for all of its repository', async () => {
      const repo = scene.fixture.repo('shared');
      const one = await open({name: 'one', repo, workspace: 'copy'});
      const two = await open({name: 'two', repo, workspace: 'copy'});
      const other = await open({name: 'other', repo: scene.fixture.repo('another')});
      await decide('a.example.com', 'session', 'one');
      expect([hosts(one), hosts(two)]).toEqual([['allow a.example.com'], []]);
      expect(told(await decide('b.example.com', 'repo', 'one'))).toEqual([
        'allow a.example.com session',
        'allow b.example.com repo',
      ]);
      expect([hosts(two), hosts(other)]).toEqual([['allow b.example.com'], []]);
      const three = await open({name: 'three', repo, workspace: 'copy'});
      expect(hosts(three)).toEqual(['allow b.example.com']);
      expect(told(await decide('b.example.com', 'forget', 'two'))).toEqual([]);
      expect(hosts(one)).toEqual(['allow a.example.com']);
    });

    test('a block stands above what was allowed, until it is taken back', async () => {
      const session = await open({allow: ['.example.com']});
      expect(told(await decide('a.example.com', 'block'))).toEqual([
        'block a.example.com session',
        'allow .example.com request',
      ]);
      asks(session, 'a.example.com', 'b.example.com');
      expect((await scene.port.network('api')).attempts.map(({ruled}) => ruled)).toEqual(['allow', 'block']);
      expect(told(await decide('a.example.com', 'session'))).toContain('allow a.example.com session');
      await decide('.example.com', 'block');
      for (const decision of ['session', 'repo'] as const)
        await expect(decide('a.example.com', decision)).rejects.toMatchObject({
          code: 'HOST_BLOCKED',
          hint: expect.stringContaining('trails network api --forget .example.com'),
        });
      await decide('.example.com', 'forget');
      expect(hosts(session)).toEqual(['allow a.example.com', 'allow .example.com']);
    });

    test('what nobody said cannot be taken back; what was asked for can be blocked', async () => {
      await open({allow: ['api.example.com']});
      await expect(decide('b.example.com', 'forget')).rejects.toEqual(code('RULE_UNKNOWN'));
      await expect(decide('api.example.com', 'forget')).rejects.toMatchObject({
        code: 'RULE_UNKNOWN',
        hint: expect.stringContaining('trails block api api.example.com'),
      });
    });

    test('once is for one host of a session that runs, and is no rule', async () => {
      const session = await open();
      expect((await decide('a.example.com', 'once')).rules).toEqual([]);
      expect(egress().calls).toContain(`once ${session.id} a.example.com`);
      for (const many of ['npm', '.example.com'])
        await expect(decide(many, 'once')).rejects.toEqual(code('HOST_INVALID'));
      await scene.port.stop('api');
      await expect(decide('a.example.com', 'once')).rejects.toEqual(code('PHASE_FORBIDS'));
    });

    test('a stop closes the way out and keeps what was tried; a start opens it by the rules of then', async () => {
      const session = await open();
      asks(session, 'a.example.com');
      const ended = egress().next(`end ${session.id}`);
      await scene.port.stop('api');
      await ended;
      expect((await scene.port.network('api')).attempts).toMatchObject([{host: 'a.example.com', outcome: 'denied'}]);
      await decide('a.example.com', 'session');
      expect(egress().served.has(session.id)).toBe(false);
      await scene.port.start('api', {columns: 80, rows: 24});
      expect(hosts(session)).toEqual(['allow a.example.com']);
    });

    test('with the session its rules go; those of its repository stay', async () => {
      const repo = scene.fixture.repo('kept');
      const session = await open({repo});
      await decide('mine.example.com', 'session');
      await decide('ours.example.com', 'repo');
      const ended = egress().next(`end ${session.id}`);
      await scene.port.remove('api', {force: true});
      await ended;
      expect(egress().served.has(session.id)).toBe(false);
      expect(hosts(await open({repo}))).toEqual(['allow ours.example.com']);
    });

    test('where there is no way out the agent is not started, and nothing is left', async () => {
      egress().failWith(new Error('no sockets today'));
      await expect(open()).rejects.toThrow();
      egress().failWith(undefined);
      await scene.expectNothing();
    });

    test('whoever watches is told of attempts and of rules', async () => {
      const session = await open();
      const stop = new AbortController();
      const views = scene.port.watchNetwork('api', stop.signal)[Symbol.asyncIterator]();
      expect((await views.next()).value).toMatchObject({network: 'allowlist', rules: [], attempts: []});
      asks(session, 'a.example.com');
      expect((await views.next()).value).toMatchObject({attempts: [{host: 'a.example.com', ruled: null}]});
      const next = views.next();
      await decide('a.example.com', 'session');
      scene.fixture.pass(100);
      expect((await next).value).toMatchObject({attempts: [{ruled: 'allow'}], rules: [{from: 'session'}]});
      stop.abort();
      expect((await views.next()).done).toBe(true);
    });

    test('everything that is said is in the audit log', async () => {
      await open();
      await decide('a.example.com', 'once');
      await decide('npm', 'session');
      await decide('npm', 'repo');
      await decide('b.example.com', 'block');
      await decide('b.example.com', 'forget');
      await decide('b.example.com', 'forget').catch(() => {});
      const rows = (await Array.fromAsync(scene.port.audit({ref: 'api'}, never))).filter(
        row => row.action === 'network',
      );
      expect(rows.map(({detail, result}) => [detail, result === 'ok'])).toEqual([
        ['allow a.example.com once', true],
        ['allow npm session', true],
        ['allow npm repo', true],
        ['block b.example.com', true],
        ['forget b.example.com', true],
        ['forget b.example.com', false],
      ]);
    });
  });
}
