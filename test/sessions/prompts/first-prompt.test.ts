import {mkdirSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {builtIn} from '../../../src/agents/registry.ts';
import {systemClock} from '../../../src/lib/clock.ts';
import {pathsFrom} from '../../../src/lib/paths.ts';
import {createMock} from '../../../src/providers/mock/provider.ts';
import {createService} from '../../../src/sessions/service.ts';
import {temporaryDirectory} from '../../support/home.ts';
import {contextOver} from '../../support/service-fixture.ts';

const never = new AbortController().signal;
const size = {columns: 80, rows: 24};

/** Sessions of the known agents, over programs that only note what they were run with. */
function scene() {
  const home = temporaryDirectory();
  const ran: (readonly string[])[] = [];
  const mock = createMock({
    clock: systemClock,
    programFor: argv => host => {
      ran.push(argv);
      host.print('here\r\n');
    },
  });
  const paths = pathsFrom({TRAILS_HOME: home});
  const service = createService({context: {...contextOver(paths, mock, systemClock), agents: async () => builtIn}});
  onTestFinished(() => service.close());
  const port = service.as({pid: process.pid, command: 'test'});
  const repo = path.join(home, 'repo');
  mkdirSync(repo);
  const create = (agent: string, prompt: string) =>
    port.create(
      {name: 'api', agent, args: [], workspace: 'bind', repo, env: {}, limits: {}, size, prompt},
      () => {},
      never,
    );
  return {port, ran, create};
}

test('an agent with a flag for it is given its first prompt at its first start, and at no other', async () => {
  const {port, ran, create} = scene();
  const made = await create('codex', '-fix\n$(the) tests');
  expect(ran[0]?.slice(-2)).toEqual(['--', '-fix\n$(the) tests']);
  expect(await port.prompts('api')).toMatchObject([{state: 'delivered', detail: 'given at its start', length: 17}]);
  await port.restart('api', size);
  expect(ran[1]).toEqual(made.command);
  expect(JSON.stringify(made.command)).not.toContain('tests');
  const audit = await Array.fromAsync(port.audit({ref: 'api'}, never));
  expect(JSON.stringify(audit)).not.toContain('tests');
});

test.each([
  ['an agent without one', 'aider', 'fix it'],
  ['one too long for an argument', 'codex', 'x'.repeat(100_001)],
])('%s gets it from the queue', async (_what, agent, prompt) => {
  const {port, ran, create} = scene();
  const made = await create(agent, prompt);
  expect(ran[0]).toEqual(made.command);
  expect(await port.prompts('api')).toMatchObject([{state: 'queued', length: prompt.length}]);
});
