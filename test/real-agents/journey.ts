import {existsSync} from 'node:fs';
import path from 'node:path';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import type {SessionView, Status} from '../../src/sessions/port.ts';
import {packages, type RealAgent} from '../support/agents-image/pinned.ts';
import {subjects} from './agents.ts';
import {type AgentsHome, openAgentsHome} from './home.ts';
import {type Model, startModel} from './model.ts';
import {createReal} from './session.ts';
import {size, typeInto} from './typing.ts';
import {type Watcher, watchSession} from './watcher.ts';

const busy: readonly Status[] = ['thinking', 'working'];
const esc = '\x1b';
const enter = '\r';
/** Empties the input box of every one of them. */
const emptyLine = '\x15';

/** One real agent from its start to its end, in one conversation: each test goes on where the one before has left it. */
export function describeJourney(name: RealAgent): void {
  const subject = subjects[name];

  describe(`${packages[name]} in a real container`, {timeout: 60_000}, () => {
    let opened: AgentsHome | {readonly missing: string};
    let agents: AgentsHome;
    let view: SessionView;
    let watcher: Watcher;
    let model: Model;
    let createdAt = 0;

    beforeAll(async () => {
      opened = await openAgentsHome();
      if ('missing' in opened) return;
      agents = opened;
      view = await createReal(agents, name);
      createdAt = Date.now();
      watcher = watchSession(agents.port, view.id);
      model = await startModel(agents.port, view.id);
    }, 600_000);
    afterAll(async () => {
      watcher?.stop();
      model?.stop();
      if (opened && 'port' in opened) await opened.close();
    }, 60_000);
    beforeEach(({skip, onTestFailed}) => {
      if ('missing' in opened) skip(opened.missing);
      onTestFailed(() => void process.stderr.write(`${watcher.told()}\n`));
    });

    const send = async (text: string) => {
      const prompt = await agents.port.send(view.id, text);
      const sent = await agents.port.awaitPrompt(view.id, prompt.id, {timeoutMs: 20_000}, new AbortController().signal);
      expect(sent).toMatchObject({state: 'delivered'});
    };
    const keys = (...typed: readonly string[]) => typeInto(agents.port, view.id, typed);
    const inWorkspace = (file: string) => existsSync(path.join(view.workspace.path, file));
    /** Ready again, with all there is to know about why. */
    const isReady = async (since: number) => {
      const verdict = await watcher.turns(['ready'], since);
      expect(verdict.source).not.toBe('none');
      expect(verdict.rule).not.toBe('');
    };

    test('it starts with no dialog and is ready as soon as it shows its input box', async () => {
      await isReady(await watcher.shows(subject.ready, 60_000));
      expect(watcher.trail().filter(status => status === 'waiting' || status === 'error')).toEqual([]);
      expect(Date.now() - createdAt).toBeLessThan(60_000);
    });

    test('a prompt is delivered: it thinks, answers in its own time, and is ready', async () => {
      const sent = send('please #slow\nand take your time');
      const asked = await model.asked('slow');
      await watcher.turns(busy, Date.now());
      expect(asked.auth).toBe(subject.key);
      expect(asked.prompt).toMatch(/please #slow\s+and take your time/);
      await sent;
      await watcher.turns(['working', 'thinking'], await watcher.shows(/Counting: one two three/));
      await isReady(await watcher.shows(/twelve finished/));
    });

    test('a permission it asks for is waited for, and once granted the tool runs', async () => {
      await send('please #tool');
      await watcher.turns(['waiting'], await watcher.shows(subject.permission), 'permission');
      expect(inWorkspace('by-tool')).toBe(false);
      await keys(enter);
      await watcher.turns(busy, await watcher.shows(subject.toolRuns));
      await isReady(await watcher.shows(subject.toolDone));
      expect(inWorkspace('by-tool')).toBe(true);
    });

    test('a permission that is denied leaves it ready, and nothing was done', async () => {
      await send('please #denied');
      await watcher.turns(['waiting'], await watcher.shows(subject.permission), 'permission');
      await keys(esc);
      await isReady(await watcher.shows(subject.denied));
      expect(inWorkspace('by-denied')).toBe(false);
    });

    test('Esc ends a turn that takes long', async () => {
      await send('please #silent');
      await model.asked('silent');
      await watcher.turns(busy, Date.now());
      await keys(...subject.interrupt);
      await isReady(await watcher.shows(subject.interrupted));
      await keys(emptyLine);
      await watcher.shows(subject.ready);
    });

    test('an error that ends the turn is told', async () => {
      await send(`please #${subject.failing.script}`);
      const verdict = await watcher.turns(['error'], await watcher.shows(subject.failing.error));
      expect(verdict.rule).not.toBe('');
    });

    test('a failure of the model is tried again by itself', async () => {
      await send('please #fails-once');
      await model.asked('fails-once');
      await watcher.turns(busy, Date.now());
      await isReady(await watcher.shows(/It went well after a failure/));
    });

    test('and what came in between was right, with no flicker', () => {
      // For a moment an agent may say that it works when it starts, that it goes on when it is denied, that it has ended before it shows
      // the error, and that it is idle as soon as something is typed behind that.
      const turns = [
        ...['(working,)?ready', 'working,ready', 'working,waiting,working,ready', 'working,waiting,(working,)?ready'],
        ...['working,ready', 'working,(ready,)?error', '(ready,)?working,ready'],
      ];
      expect(watcher.trail().join(',')).toMatch(new RegExp(`^${turns.join(',')}$`));
    });

    test('it leaves when it is told to, and goes on with its conversation when it is resumed', async () => {
      await keys(...subject.quit, enter);
      await expect
        .poll(() => watcher.verdict, {timeout: 15_000})
        .toMatchObject({status: 'exited', source: 'container'});
      await expect.poll(async () => (await agents.port.get(view.id)).phase).toBe('stopped');
      await agents.port.start(view.id, size, {how: 'resume', here: subject.here});
      // What the run before left on the screen stays until this one draws.
      await watcher.lacks(subject.ready, 5000);
      model = await startModel(agents.port, view.id);
      await isReady(await watcher.shows(subject.ready, 60_000));
      await send('please #hello');
      const asked = await model.asked('hello');
      await watcher.shows(/this is a short answer/);
      expect(asked.before).toContain('tool');
    });
  });
}
