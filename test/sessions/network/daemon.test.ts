import {expect, test} from 'vitest';
import {createMock} from '../../../src/providers/mock/provider.ts';
import type {SessionView} from '../../../src/sessions/port.ts';
import {createService} from '../../../src/sessions/service.ts';
import {becomes, never, size} from '../../contracts/port-scene.ts';
import {fakeEgress} from '../../support/fake-egress.ts';
import {temporaryDirectory, temporaryHome} from '../../support/home.ts';
import {manualClock} from '../../support/manual-clock.ts';
import {portProgram} from '../../support/port-programs.ts';
import {contextOver} from '../../support/service-fixture.ts';

/** One daemon after another over the same state, the same engine and the same way out. */
function open() {
  const {paths} = temporaryHome();
  const clock = manualClock();
  const provider = createMock({clock, programFor: portProgram});
  const egress = fakeEgress(clock.now);
  const daemon = () => {
    const service = createService({context: contextOver(paths, provider, clock, process.pid, egress.egress)});
    return {service, port: service.as({pid: 1, command: 'trails test'})};
  };
  const repo = temporaryDirectory();
  const create = ({port}: ReturnType<typeof daemon>, name: string): Promise<SessionView> =>
    port.create(
      {name, agent: 'shell', args: ['echo'], workspace: 'copy', repo, env: {}, limits: {}, size, network: 'allowlist'},
      () => {},
      never,
    );
  return {clock, egress, daemon, create};
}

test('the next daemon lets those out that run, by the rules that were given, and not those that have ended', async () => {
  const {egress, daemon, create} = open();
  const first = daemon();
  const runs = await create(first, 'runs');
  const ended = await create(first, 'ended');
  await first.port.decide('runs', {host: 'a.example.com', decision: 'session'});
  await first.port.decide('runs', {host: 'b.example.com', decision: 'repo'});
  await first.port.stop('ended');
  await first.service.close();
  egress.served.clear();
  const again = egress.next(`serve ${runs.id}`);
  const closed = egress.next(`end ${ended.id}`);
  const second = daemon();
  await Promise.all([again, closed]);
  expect(egress.served.get(runs.id)?.policy.rules.map(({host}) => host)).toEqual(['a.example.com', 'b.example.com']);
  expect(egress.served.has(ended.id)).toBe(false);
  await second.service.close();
});

test('what somebody has looked at is no news to the next daemon', async () => {
  const {clock, egress, daemon, create} = open();
  const first = daemon();
  const {id} = await create(first, 'api');
  egress.attempt(id, 'seen.example.com');
  clock.pass(100);
  await becomes(first.port, 'api', ({denied}) => denied === 1);
  await first.port.networkSeen('api');
  clock.pass(100);
  egress.attempt(id, 'new.example.com');
  await first.service.close();
  const second = daemon();
  const [{attempts}] = await Promise.all([
    second.port.network('api'),
    becomes(second.port, 'api', ({denied}) => denied === 1),
  ]);
  expect(attempts.map(({host}) => host)).toEqual(['new.example.com', 'seen.example.com']);
  await second.service.close();
});

test('a way out that cannot be opened is told, tried again, and told of no more once it is there', async () => {
  const {clock, egress, daemon, create} = open();
  const first = daemon();
  const {id} = await create(first, 'api');
  await first.service.close();
  egress.failWith(new Error('no sockets today'));
  const tried = egress.next(`serve ${id}`);
  const second = daemon();
  await tried;
  const problem = async () => (await second.port.network('api')).problem;
  expect(await problem()).toBe('no sockets today');
  egress.failWith(undefined);
  const again = egress.next(`serve ${id}`);
  clock.pass(2000);
  await again;
  expect(await problem()).toBe('');
  await second.service.close();
});
