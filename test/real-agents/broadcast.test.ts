import {existsSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {packages, type RealAgent} from '../support/agents-image/pinned.ts';
import {subjects} from './agents.ts';
import {type AgentsHome, openAgentsHome} from './home.ts';
import {type Model, startModel} from './model.ts';
import {createReal} from './session.ts';
import {typeInto} from './typing.ts';
import {type Watcher, watchSession} from './watcher.ts';

const names = Object.keys(packages) as readonly RealAgent[];
/** The one whose prompt needs a command to be run. */
const asking: RealAgent = 'codex';

interface Scene {
  readonly view: SessionView;
  readonly watcher: Watcher;
  readonly model: Model;
}

describe('five agents of five kinds, each in a container of its own', {timeout: 120_000}, () => {
  let opened: AgentsHome | {readonly missing: string};
  let agents: AgentsHome;
  const scenes = new Map<RealAgent, Scene>();
  const scene = (name: RealAgent) => scenes.get(name)!;

  beforeAll(async () => {
    opened = await openAgentsHome();
    if ('missing' in opened) return;
    agents = opened;
    // One after the other: five of them starting at once are slow on a small machine, and prove nothing more.
    for (const name of names) {
      const view = await createReal(agents, name);
      const watcher = watchSession(agents.port, view.id);
      scenes.set(name, {view, watcher, model: await startModel(agents.port, view.id)});
      await watcher.shows(subjects[name].ready, 60_000);
    }
  }, 900_000);
  afterAll(async () => {
    for (const {watcher, model} of scenes.values()) {
      watcher.stop();
      model.stop();
    }
    if (opened && 'port' in opened) await opened.close();
  }, 120_000);
  beforeEach(({skip, onTestFailed}) => {
    if ('missing' in opened) skip(opened.missing);
    onTestFailed(() => {
      for (const [name, {watcher}] of scenes) process.stderr.write(`${name}\n${watcher.told()}\n`);
    });
  });

  test('get five prompts at once: the one that asks is found and answered, the others finish by themselves', async () => {
    const {port} = agents;
    const text = (name: RealAgent) => `please #${name === asking ? 'tool' : 'slow'}`;
    const sent = await Promise.all(names.map(name => port.send(scene(name).view.id, text(name))));
    const delivered = await Promise.all(
      sent.map(({id}, at) =>
        port.awaitPrompt(scene(names[at]!).view.id, id, {timeoutMs: 60_000}, new AbortController().signal),
      ),
    );
    expect(delivered.map(({state}) => state)).toEqual(names.map(() => 'delivered'));

    const asked = await port.wait(
      scene(asking).view.id,
      {statuses: ['waiting'], timeoutMs: 60_000},
      new AbortController().signal,
    );
    expect(asked.status.kind).toBe('permission');
    const waiting = (await port.list()).filter(({status}) => status.status === 'waiting');
    expect(waiting.map(({name}) => name)).toEqual([asking]);
    await scene(asking).watcher.shows(subjects[asking].permission);
    await typeInto(port, asked.id, ['\r']);

    for (const name of names) {
      const {watcher} = scene(name);
      await watcher.shows(name === asking ? subjects[asking].toolDone : /twelve finished/, 60_000);
      await watcher.turns(['ready'], Date.now());
    }
    expect(existsSync(path.join(asked.workspace.path, 'by-tool'))).toBe(true);
    for (const name of names) {
      const {prompts} = await port.get(scene(name).view.id);
      expect(prompts.waiting).toBe(0);
      // Once each: nothing was doubled.
      const script = name === asking ? 'tool' : 'slow';
      const first = scene(name).model.seen.filter(one => one.script === script && one.answer !== 'say');
      expect(first).toHaveLength(name === asking ? 1 : 0);
    }
  });
});
