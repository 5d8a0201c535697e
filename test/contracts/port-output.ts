import {describe, expect, test} from 'vitest';
import type {LogPiece, LogQuery, ScreenFrame} from '../../src/sessions/port.ts';
import {becomes, never, type PortScene, plain, size} from './port-scene.ts';

const bytes = (text: string) => Buffer.from(text);

export function describeOutput(scene: PortScene): void {
  describe('watching a screen', () => {
    const watch = (options: {scrolled?: number; maxFps?: number} = {}) => {
      const stop = new AbortController();
      const frames = scene.port
        .watchScreen('api', {scrolled: 0, maxFps: 10, ...options}, stop.signal)
        [Symbol.asyncIterator]();
      const next = async () => {
        const {value, done} = await frames.next();
        return done ? undefined : (value as ScreenFrame);
      };
      return {stop, next};
    };
    /** Lets everything that is ready happen. */
    const turns = async () => {
      for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve));
    };

    test('a frame at once; several changes are one frame, no sooner than asked for', async () => {
      await scene.ready(['echo'], 'ready');
      const attachment = await scene.attach();
      const {stop, next} = watch({maxFps: 10});
      expect(plain((await next())!)).toContain('ready');
      let came: ScreenFrame | undefined;
      const second = next().then(frame => {
        came = frame;
      });
      for (const word of ['one ', 'two ', 'three ']) attachment.write(bytes(word));
      await attachment.output.has('three');
      await turns();
      scene.fixture.pass(99);
      await turns();
      expect(came).toBeUndefined();
      scene.fixture.pass(1);
      await second;
      expect(plain(came!)).toContain('one two three');
      stop.abort();
      expect(await next()).toBeUndefined();
    });

    test('scrolled up it shows what is above the screen, and no further than there is', async () => {
      const lines = Array.from({length: 60}, (_, index) => `line ${index}`).join('\r\n');
      await scene.ready(['idle', lines], 'line 59');
      const {stop, next} = watch({scrolled: 10});
      const frame = (await next())!;
      expect(frame).toMatchObject({scrollback: 36, scrolled: 10});
      expect(frame.lines[0]).toContain('line 26');
      stop.abort();
      const top = watch({scrolled: 1000});
      expect((await top.next())!.scrolled).toBe(36);
      top.stop.abort();
    });

    test('it goes on with the next run of the session, and ends when that is removed', async () => {
      await scene.ready(['blockedOnce'], 'here');
      const seen: string[] = [];
      let again = () => {};
      const second = new Promise<void>(resolve => {
        again = resolve;
      });
      const watching = (async () => {
        for await (const frame of scene.port.watchScreen('api', {scrolled: 0, maxFps: 1000}, never)) {
          seen.push(plain(frame));
          if (frame.scrollback > 0 || plain(frame).includes('typed')) again();
          queueMicrotask(() => scene.fixture.pass(1));
        }
      })();
      scene.fixture.pass(1000);
      await scene.port.restart('api', size);
      await second;
      await scene.port.remove('api', {force: true});
      await watching;
      expect(seen.length).toBeGreaterThan(1);
    });
  });

  describe('logs', () => {
    const collect = async (options: LogQuery, signal = never) => {
      const lines: string[] = [];
      for await (const piece of scene.port.logs('api', options, signal)) lines.push(...piece.lines);
      return lines;
    };

    test('lines of plain text, all of them or the last ones', async () => {
      await scene.create({args: ['print', '\x1b[31mone\x1b[0m\r\ntwo\r\n\x1b]0;title\x07three']});
      expect(await collect({follow: false})).toEqual(['one', 'two', 'three']);
      expect(await collect({follow: false, tail: 2})).toEqual(['two', 'three']);
      expect(await collect({follow: false, tail: 0})).toEqual([]);
      expect(await collect({follow: false, tail: 9})).toEqual(['one', 'two', 'three']);
      expect(await collect({follow: false, from: 2})).toEqual(['three']);
      expect(await collect({follow: false, from: 5})).toEqual([]);
    });

    test('followed, each new line comes, the unfinished last one too, until the run ends', async () => {
      await scene.ready(['echo'], 'ready');
      const attachment = await scene.attach();
      const lines: string[] = [];
      let first = () => {};
      const begun = new Promise<void>(resolve => {
        first = resolve;
      });
      const followed = (async () => {
        for await (const piece of scene.port.logs('api', {tail: 1, follow: true}, never)) {
          lines.push(...piece.lines);
          first();
        }
      })();
      await begun;
      attachment.write(bytes('more\r\nlast words'));
      await attachment.output.has('last words');
      await scene.port.stop('api');
      await followed;
      expect(lines).toEqual(['ready', 'more', 'last words']);
    });

    test('followed, it ends with its signal', async () => {
      await scene.ready(['echo'], 'ready');
      const stop = new AbortController();
      for await (const piece of scene.port.logs('api', {follow: true}, stop.signal)) {
        expect(piece.lines).toEqual(['ready']);
        stop.abort();
      }
    });

    test('a reader slower than a flood is told how many lines it missed', async () => {
      await scene.ready(['echo'], 'ready');
      const attachment = await scene.attach();
      const log = scene.port.logs('api', {follow: true}, never)[Symbol.asyncIterator]();
      expect((await log.next()).value.lines).toEqual(['ready']);
      // More than whatever is between the two ends can hold.
      const count = 300_000;
      attachment.write(bytes(Array.from({length: count}, (_, line) => `line ${line}\r\n`).join('')));
      await attachment.output.has(`line ${count - 1}`);
      let at = 0;
      let missed = 0;
      while (at < count) {
        const {lines, next} = (await log.next()).value as LogPiece;
        for (const line of lines) {
          const gap = Number(/^… (\d+) lines left out …$/.exec(line)?.[1] ?? 0);
          missed += gap;
          if (gap === 0) expect(line).toBe(`line ${at}`);
          at += gap === 0 ? 1 : gap;
        }
        // Of the session: the first line was before these.
        expect(next).toBe(at + 1);
      }
      expect(missed).toBeGreaterThan(0);
      await log.return?.();
    });
  });

  describe('status and use', () => {
    test('what the agent says of itself is told with its source; output and silence without', async () => {
      await scene.ready(['tells'], 'ready');
      const attachment = await scene.attach();
      const says = async (payload: string) => {
        attachment.write(bytes(payload));
        await becomes(scene.port, 'api', view => view.status.rule.includes(payload.split(';')[0]!));
        return (await scene.port.get('api')).status;
      };
      const message = Buffer.from('rm -rf build\x1b[31m').toString('base64');
      expect(await says(`state=blocked;kind=permission;msg=${message}`)).toMatchObject({
        ...{status: 'waiting', source: 'osc7501', detail: 'rm -rf build[31m'},
      });
      expect(await says('state=working')).toMatchObject({status: 'working', source: 'osc7501'});
      expect(await says('state=idle')).toMatchObject({status: 'ready'});
      expect(await says('state=error')).toMatchObject({status: 'error'});
      attachment.write(bytes('state=clear'));
      await becomes(scene.port, 'api', view => view.status.source === 'activity');
      scene.fixture.pass(3100);
      await becomes(scene.port, 'api', view => view.status.status === 'unknown');
      await scene.port.stop('api');
      expect((await scene.port.get('api')).status).toMatchObject({status: 'exited', source: 'container'});
    });

    test('what an agent came to is unseen until it is said to be seen, or somebody attaches', async () => {
      const second = () => scene.fixture.pass(1000);
      const now = (wanted: string, unseen: boolean) =>
        becomes(scene.port, 'api', ({status, ...view}) => {
          return status.source === 'osc7501' && status.status === wanted && view.unseen === unseen;
        });
      const records = ['working', 'done', 'working', 'blocked', 'working', 'idle'].map(state => `state=${state}`);
      await scene.ready(['reports', ...records], 'ready');
      second();
      await now('working', false);
      second();
      await now('ready', true);
      await scene.port.seen('api');
      await now('ready', false);
      second();
      await now('working', false);
      second();
      await now('waiting', true);
      await scene.attach();
      await now('waiting', false);
      second();
      await now('working', false);
      second();
      await now('ready', false);
    });

    test('what an earlier run said of itself is not the new one’s', async () => {
      await scene.ready(['blockedOnce'], 'here');
      await becomes(scene.port, 'api', view => view.status.status === 'waiting');
      scene.fixture.pass(1000);
      await scene.port.restart('api', size);
      await becomes(scene.port, 'api', view => ['unknown', 'working'].includes(view.status.status));
      await scene.shows('api', 'here', scene.fixture.another());
      expect((await scene.port.get('api')).status.status).not.toBe('waiting');
    });

    test('a title is cleaned', async () => {
      await scene.ready(['idle', '\x1b]2;my\u202Eagent\x07here'], 'here');
      expect((await scene.port.get('api')).title).toBe('myagent');
    });

    test('running sessions tell what they use, beside what they may', async () => {
      await scene.create({name: 'api', limits: {pids: 99}});
      await scene.create({name: 'web'});
      await scene.port.stop('web');
      expect(await scene.port.stats()).toEqual([
        expect.objectContaining({name: 'api', pidsLimit: 99, memoryBytes: expect.any(Number)}),
      ]);
    });
  });
}
