import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {PromptView, SessionView} from '../../src/sessions/port.ts';
import type {Habits} from '../support/prompted-agent.ts';
import {becomes, code, never, type PortScene, until} from './port-scene.ts';

export function describePrompts(scene: PortScene): void {
  const agent = (habits: Habits = {}, name = 'api') => scene.create({name, args: ['prompted', JSON.stringify(habits)]});
  /** One that says what it does, once it does this. */
  const telling = async (habits: Habits = {}, status = 'ready', name = 'api') => {
    await agent({tells: true, ...habits}, name);
    return becomes(scene.port, name, view => view.status.status === status);
  };
  const taken = ({workspace}: SessionView): readonly string[] => {
    const file = path.join(workspace.path, 'taken');
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as string);
  };
  /** Time moves on until this is so. */
  const passing = async <T>(work: Promise<T>): Promise<T> => {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    while (!over) {
      scene.fixture.pass(10);
      await new Promise(resolve => setImmediate(resolve));
    }
    return work;
  };
  const send = (text: string, ref = 'api') => scene.port.send(ref, text);
  const outcome = ({id}: PromptView, ref = 'api') => passing(scene.port.awaitPrompt(ref, id, {}, never));
  const sent = async (text: string, ref = 'api') => outcome(await send(text, ref), ref);
  const state = (ref = 'api') => scene.port.prompts(ref).then(all => all.map(one => one.state));

  describe('prompts', () => {
    test('one for a ready agent is typed, taken and known to be', async () => {
      const view = await telling();
      const queued = await send('fix the tests');
      expect(queued).toMatchObject({text: 'fix the tests', length: 13, id: expect.stringMatching(/^[0-9a-f]{8}$/)});
      expect(await outcome(queued)).toMatchObject({
        ...{
          id: queued.id,
          state: 'delivered',
          detail: expect.stringMatching(/^(the agent is working: OSC 7501 state=working|its text left the input)$/),
        },
      });
      expect(taken(view)).toEqual(['fix the tests']);
      expect((await scene.port.get('api')).prompts).toMatchObject({waiting: 0, last: {state: 'delivered'}});
    });

    test.each([
      ['several lines, with a blank one', 'one\n\n  two\nthree', {}],
      ['a long one that is shown as a placeholder', 'a line of text\n'.repeat(1400).trimEnd(), {folds: true}],
      ['a slash at its beginning, whose first Enter a menu takes', '/review all', {eatsEnter: true}],
      ['a screen that is drawn anew instead of taking Enter', 'hello', {redrawsMs: 500}],
      ['unicode', 'größe 漢字 👩‍👩‍👧 é', {}],
      ['a slow agent', 'slowly', {slowMs: 900}],
    ] as const)('%s arrives as it is, once', async (_what, text, habits) => {
      const view = await telling(habits);
      expect(await sent(text)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual([text]);
    });

    test('no text ends its own paste or presses a key', async () => {
      const view = await telling();
      await sent('a\x1b[201~\rrm -rf /\r\x03\x9b201~b\x7f');
      expect(taken(view)).toEqual(['a␛[201~\nrm -rf /\n␃201~b␡']);
    });

    test('what an agent does that tells nothing is read from its input', async () => {
      const view = await agent();
      const queued = await send('hello');
      expect(queued).toMatchObject({state: 'queued', detail: expect.stringMatching(/working|starting|opened/)});
      expect(await outcome(queued)).toMatchObject({state: 'delivered', detail: 'its text left the input'});
      expect(taken(view)).toEqual(['hello']);
    });

    test('they wait while it works, and are typed one after the other in their order', async () => {
      const view = await telling({workMs: 500});
      const all = [await send('first'), await send('second'), await send('third')];
      expect(all[2]).toMatchObject({state: 'queued', detail: 'behind 2 others'});
      expect((await scene.port.get('api')).prompts).toMatchObject({waiting: 3, last: {id: all[2]!.id}});
      for (const one of all) expect(await outcome(one)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual(['first', 'second', 'third']);
    });

    test('nothing is typed at a dialog, however long it stands', async () => {
      const view = await telling({asksFirst: true}, 'waiting');
      const queued = await send('carry on');
      scene.fixture.pass(60_000);
      expect(queued).toMatchObject({state: 'queued', detail: expect.stringContaining('waits for an answer')});
      expect(taken(view)).toEqual([]);
      const attachment = await scene.attach();
      attachment.write(Buffer.from('1'));
      expect(await outcome(queued)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual(['ANSWERED with "1"', 'carry on']);
    });

    test('a dialog that opens between the paste and Enter is not answered', async () => {
      const view = await telling({asksAtPaste: true});
      expect(await sent('carry on')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('asked for something'),
      });
      expect(taken(view)).toEqual([]);
    });

    test('behind a text that nobody here has typed Enter is not pressed', async () => {
      const view = await telling({given: 'what Esc gave back'});
      expect(await sent('something else')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('another text'),
      });
      expect(taken(view)).toEqual([]);
    });

    test.each([
      ['swallows a paste', {swallowsPaste: true}, 'did not show'],
      ['does not react to Enter', {deaf: true}, 'attach and press Enter, or clear it'],
    ] as const)('an agent that %s is told of, and gets nothing twice', async (_what, habits, words) => {
      const view = await telling(habits);
      expect(await sent('hello')).toMatchObject({state: 'failed', detail: expect.stringContaining(words)});
      expect(taken(view)).toEqual([]);
      expect((await scene.port.get('api')).prompts).toMatchObject({waiting: 0, last: {state: 'failed'}});
    });

    test('behind one that may still be in the input nothing is typed until that is taken back', async () => {
      await telling({deaf: true});
      const bad = await sent('stuck');
      const next = await send('next');
      expect(next).toMatchObject({state: 'queued', detail: expect.stringContaining('the one before may still be')});
      await scene.port.takeBackPrompt('api', bad.id);
      expect(await outcome(next)).toMatchObject({state: 'failed'});
      expect(await state()).toEqual(['failed']);
    });

    test('without bracketed paste a line is typed, and several lines are refused', async () => {
      const view = await agent({plain: true});
      expect(await sent('one line')).toMatchObject({state: 'delivered'});
      expect(await sent('two\nlines')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('line by line'),
      });
      expect(taken(view)).toEqual(['one line']);
    });

    test('nothing is typed between the keys of a person, nor behind their draft', async () => {
      const view = await telling();
      const attachment = await scene.attach();
      attachment.write(Buffer.from('dra'));
      await scene.shows('api', '> dra');
      const queued = await send('mine');
      expect(queued).toMatchObject({state: 'queued', detail: 'somebody is typing'});
      const drafted = until(
        scene.port,
        () => scene.port.prompts('api'),
        ([one]) => one?.detail === 'somebody’s draft is in its input',
      );
      await passing(drafted);
      attachment.write(Buffer.from('\x7f\x7f\x7fyours\r'));
      expect(await outcome(queued)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual(['yours', 'mine']);
    });

    test('one for a stopped session waits for its next start; a removal forgets it', async () => {
      const view = await telling();
      await scene.port.stop('api');
      const queued = await send('later');
      expect(queued).toMatchObject({state: 'queued', detail: expect.stringContaining('next start')});
      scene.fixture.pass(10);
      await scene.port.start('api', {columns: 80, rows: 24});
      expect(await outcome(queued)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual(['later']);
      await scene.port.remove('api', {force: true});
      await telling();
      expect(await scene.port.prompts('api')).toEqual([]);
    });

    test('a stop between paste and Enter leaves it to the next run', async () => {
      const view = await telling({slowMs: 4000});
      const queued = await send('later');
      await becomes(scene.port, 'api', ({prompts}) => prompts.last?.state === 'sending');
      await scene.port.stop('api');
      await becomes(scene.port, 'api', ({prompts}) => prompts.last?.state === 'queued');
      scene.fixture.pass(10);
      await scene.port.start('api', {columns: 80, rows: 24});
      expect(await outcome(queued)).toMatchObject({state: 'delivered'});
      expect(taken(view)).toEqual(['later']);
    });

    test('one that waits can be taken back, one that is delivered cannot', async () => {
      const view = await telling({workMs: 5000});
      const first = await sent('first');
      const second = await send('second');
      await scene.port.takeBackPrompt('api', second.id);
      await expect(scene.port.takeBackPrompt('api', second.id)).rejects.toEqual(code('PROMPT_UNKNOWN'));
      await expect(scene.port.takeBackPrompt('api', first.id)).rejects.toEqual(code('PROMPT_UNKNOWN'));
      await passing(becomes(scene.port, 'api', ({status}) => status.status === 'ready'));
      expect(taken(view)).toEqual(['first']);
    });

    test('whoever waits for ready behind a prompt waits until that is done', async () => {
      const view = await telling({workMs: 3000});
      await send('work');
      const ready = await passing(scene.port.wait('api', {statuses: ['ready']}, never));
      expect(ready.prompts.waiting).toBe(0);
      expect(taken(view)).toEqual(['work']);
    });

    test('the first prompt comes with the request', async () => {
      await expect(scene.create({prompt: ' \n'})).rejects.toEqual(code('PROMPT_INVALID'));
      await scene.expectNothing();
      const args = ['prompted', '{"tells":true}'];
      const view = await scene.create({args, prompt: 'begin'});
      const [first] = await scene.port.prompts('api');
      expect(await outcome(first!)).toMatchObject({state: 'delivered', text: 'begin'});
      scene.fixture.pass(10);
      await scene.port.restart('api', {columns: 80, rows: 24});
      await passing(becomes(scene.port, 'api', ({status}) => status.status === 'ready'));
      expect(taken(view)).toEqual(['begin']);
    });

    test('what is no prompt is refused, and leaves nothing', async () => {
      await telling();
      for (const text of ['', ' \n\t ', 'x'.repeat(2 ** 20 + 1)])
        await expect(send(text)).rejects.toEqual(code('PROMPT_INVALID'));
      await expect(send('hello', 'nobody')).rejects.toEqual(code('SESSION_UNKNOWN'));
      await expect(scene.port.awaitPrompt('api', 'nope', {}, never)).rejects.toEqual(code('PROMPT_UNKNOWN'));
      expect(await scene.port.prompts('api')).toEqual([]);
    });

    test('waiting for one that is held ends in time; its text is in no audit row', async () => {
      await telling({asksFirst: true}, 'waiting');
      const {id} = await send('a secret plan');
      await expect(passing(scene.port.awaitPrompt('api', id, {timeoutMs: 1000}, never))).rejects.toEqual(
        code('TIMEOUT'),
      );
      const rows = await Array.fromAsync(scene.port.audit({ref: 'api'}, never));
      expect(rows.map(({action, detail}) => `${action}: ${detail}`)).toContain('send: prompt, 13 characters');
      expect(JSON.stringify(rows)).not.toContain('secret');
    });

    test('of those that are done the last twenty are remembered', async () => {
      await telling();
      for (let number = 1; number <= 23; number++) await sent(`number ${number}`);
      const texts = (await scene.port.prompts('api')).map(({text}) => text);
      expect([texts.length, texts[0], texts.at(-1)]).toEqual([20, 'number 4', 'number 23']);
    });
  });
}
