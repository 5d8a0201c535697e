import {existsSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {SessionView} from '../../src/sessions/port.ts';
import {packages, type RealAgent} from '../support/agents-image/pinned.ts';
import {openPty} from '../support/pty.ts';
import {subjects} from './agents.ts';
import {type AgentsHome, openAgentsHome} from './home.ts';
import {type Model, startModel} from './model.ts';
import {scripts} from './scripts.ts';
import {createReal} from './session.ts';
import {type Watcher, watchSession} from './watcher.ts';

const enter = '\r';
const ctrlQ = '\x11';
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
      const everyone = scripts[name === asking ? 'tool' : 'slow']!;
      scenes.set(name, {view, watcher, model: await startModel(agents.port, view.id, {everyone})});
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

  test('get five prompts from one broadcast: the one that asks is found with w and answered, the others finish by themselves', async () => {
    const {port} = agents;
    const {signal} = new AbortController();
    const dashboard = openPty(process.execPath, [path.resolve('dist/main.js')], {
      ...{columns: 120, rows: 40, env: {TRAILS_HOME: agents.home}},
    });
    await dashboard.until('the five sessions', screen => names.every(name => screen.includes(` ${name} `)));
    dashboard.type('g');
    dashboard.type(' '.repeat(names.length));
    dashboard.type('m');
    await dashboard.shows(`Prompt to ${names.length} marked`);
    dashboard.type('please #everyone');
    await dashboard.shows('please #everyone');
    dashboard.type(enter);

    const ids = names.map(name => scene(name).view.id);
    const sent = await Promise.all(
      ids.map(async id => {
        await expect.poll(() => port.prompts(id), {timeout: 10_000}).toHaveLength(1);
        const [prompt] = await port.prompts(id);
        return port.awaitPrompt(id, prompt!.id, {timeoutMs: 60_000}, signal);
      }),
    );
    expect(sent.map(({state}) => state)).toEqual(names.map(() => 'delivered'));

    const asked = await port.wait(scene(asking).view.id, {statuses: ['waiting'], timeoutMs: 60_000}, signal);
    expect(asked.status.kind).toBe('permission');
    await dashboard.shows('1 waiting');
    dashboard.type('w');
    await dashboard.shows(subjects[asking].permission);
    dashboard.type(enter);
    await dashboard.until(
      'the dialog alone',
      screen => subjects[asking].permission.test(screen) && !screen.includes('Sessions'),
    );
    dashboard.type(enter);
    await dashboard.lacks(subjects[asking].permission);
    dashboard.type(ctrlQ);
    await dashboard.shows('Sessions');

    for (const name of names) {
      const {watcher} = scene(name);
      await watcher.shows(name === asking ? subjects[asking].toolDone : /twelve finished/, 60_000);
      await watcher.turns(['ready'], Date.now());
    }
    expect(existsSync(path.join(asked.workspace.path, 'by-tool'))).toBe(true);
    dashboard.type('q');
    expect(await dashboard.exit()).toBe(0);
    for (const name of names) {
      const {prompts} = await port.get(scene(name).view.id);
      expect(prompts.waiting).toBe(0);
      // Once each: nothing was doubled.
      const first = scene(name).model.seen.filter(one => one.script === 'everyone' && one.answer !== 'say');
      expect(first).toHaveLength(name === asking ? 1 : 0);
    }
  });
});
