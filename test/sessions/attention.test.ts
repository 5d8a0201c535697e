import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {builtIn} from '../../src/agents/registry.ts';
import {AppError} from '../../src/errors.ts';
import {systemClock} from '../../src/lib/clock.ts';
import {createMock} from '../../src/providers/mock/provider.ts';
import {type Context, exchangeDirectory} from '../../src/sessions/context.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {createService} from '../../src/sessions/service.ts';
import {becomes, never} from '../contracts/port-scene.ts';
import {temporaryHome} from '../support/home.ts';
import {portProgram} from '../support/port-programs.ts';
import {contextOver} from '../support/service-fixture.ts';

const size = {columns: 80, rows: 24};

/** One engine, and services over the same state one after the other, as daemons that are killed. */
function scene() {
  const {home, paths} = temporaryHome();
  const mock = createMock({clock: systemClock, programFor: portProgram});
  const repo = path.join(home, 'repo');
  mkdirSync(repo);
  /** While one serves `work`. */
  const serving = async <T>(work: (port: SessionsPort) => Promise<T>, changes: Partial<Context> = {}): Promise<T> => {
    const base = contextOver(paths, {...mock, close: async () => {}}, systemClock);
    const service = createService({context: {...base, ...changes}});
    try {
      return await work(service.as({pid: process.pid, command: 'trails test'}));
    } finally {
      await service.close();
    }
  };
  const create = (port: SessionsPort, agent: string, args: readonly string[]) =>
    port.create({name: 'api', agent, args, workspace: 'bind', repo, env: {}, limits: {}, size}, () => {}, never);
  return {paths, serving, create};
}

test('what an agent came to, and that somebody has looked, is known to the next daemon', async () => {
  const {paths, serving, create} = scene();
  const {id} = await serving(async port => {
    const made = await create(port, 'shell', ['prompted', JSON.stringify({tells: true, workMs: 1000})]);
    await becomes(port, 'api', view => view.status.status === 'ready');
    await port.send('api', 'go');
    await becomes(port, 'api', view => view.unseen);
    return made;
  });
  await serving(async port => {
    expect(await becomes(port, 'api', view => view.unseen)).toMatchObject({status: {status: 'ready'}});
    await port.seen('api');
    expect((await port.get('api')).unseen).toBe(false);
  });
  // What its hooks told before is no news either.
  const exchange = exchangeDirectory(paths, id);
  mkdirSync(exchange, {recursive: true});
  const told = ['UserPromptSubmit', 'Stop'].map(event => JSON.stringify({event, session: 'one'}));
  writeFileSync(path.join(exchange, 'hooks.jsonl'), `${told.join('\n')}\n`);
  const agents = async () => ({...builtIn, orShell: () => builtIn.named('claude')});
  await serving(
    async port => {
      const view = await becomes(port, 'api', ({status}) => status.source === 'hook' || status.source === 'osc7501');
      expect(view).toMatchObject({unseen: false, status: {status: 'ready'}});
    },
    {agents},
  );
});

test('terminals of what runs are opened while the configuration is broken', async () => {
  const {serving, create} = scene();
  await serving(port => create(port, 'shell', ['prompted', JSON.stringify({tells: true})]));
  const agents: Context['agents'] = async ({orLast = false} = {}) => {
    if (orLast) return builtIn;
    throw new AppError('CONFIG_INVALID', 'agents: is broken');
  };
  await serving(
    async port => {
      expect(await becomes(port, 'api', view => view.status.source === 'osc7501')).toMatchObject({phase: 'running'});
    },
    {agents},
  );
});
