import {randomBytes} from 'node:crypto';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {silentLog} from '../../../src/lib/log.ts';
import {manualClock} from '../../../src/lib/manual-clock.ts';
import {createAgentRun} from '../../../src/providers/dagger/agent/run.ts';
import {keeperClient} from '../../../src/providers/dagger/inside/brought.ts';
import {frame, kinds, number32, number64, texts} from '../../../src/providers/dagger/inside/frames.ts';
import type {Channel, Link} from '../../../src/providers/dagger/link/link.ts';
import {Reader} from '../../contracts/reader.ts';
import {connected, keeperScene} from '../../support/dagger/keeper-scene.ts';
import {boxMissing} from '../../support/dagger/local-box.ts';
import {temporaryDirectory} from '../../support/home.ts';

const size = {columns: 80, rows: 24};
const raw = (kind: number, length: number, ...rest: Uint8Array[]) =>
  Buffer.concat([number32(length), Buffer.from([kind]), ...rest]);

/** A link to a keeper that is the test's: what it says is `say`, what it is told is in `told`. */
function forgedLink() {
  const channels: {say: (bytes: Uint8Array) => void; closed: boolean}[] = [];
  const link: Link = {
    connected: true,
    contactAt: 0,
    onChange: () => () => {},
    async run() {
      const closed = Promise.withResolvers<undefined>();
      const channel = {say: (_: Uint8Array) => {}, closed: false};
      channels.push(channel);
      return {
        write: async () => {},
        end() {},
        onOutput(listener) {
          channel.say = bytes => listener('stdout', bytes);
        },
        ...{pause() {}, resume() {}, resize() {}},
        closed: closed.promise,
        close() {
          channel.closed = true;
          closed.resolve(undefined);
        },
      } satisfies Channel;
    },
    close: async () => {},
  };
  return {link, channels};
}

const hello = (start: number, end: number, instance = 'a'.repeat(32)) =>
  frame('hello', instance, number64(start), number64(end), number64(0), number64(0));

describe('a keeper that lies', () => {
  const begin = async () => {
    const {link, channels} = forgedLink();
    const clock = manualClock();
    const run = createAgentRun({link, directory: temporaryDirectory(), clock, log: silentLog, home: '/home/agent'});
    await Promise.resolve();
    await Promise.resolve();
    return {run, channels, clock};
  };

  test.each([
    ['a length beyond all bounds', raw(kinds.output, 0xffff_ffff)],
    ['no length', raw(kinds.output, 0)],
    ['a kind that there is not', raw(99, 1)],
    ['a kind that only we say', frame('spawn', 'x')],
    ['bytes at random', Buffer.concat([Buffer.from([0xff]), randomBytes(300)])],
    ['output cut off', frame('output', 'abc')],
    [
      'output of before',
      Buffer.concat([hello(0, 9), frame('output', number64(0), 'one'), frame('output', number64(1), 'x')]),
    ],
    ['output of later', Buffer.concat([hello(0, 9), frame('output', number64(5), 'x')])],
    ['a position beyond all numbers', frame('output', Buffer.alloc(8, 0xff))],
    ['a state that there is not', Buffer.concat([hello(0, 0), frame('state', 'exited 12345')])],
    ['a name that is none', hello(0, 0, '../../../../../../../etc/passwd\0\0')],
    ['an answer to nothing', frame('reply', 'x')],
  ])('with %s is followed no more, and tried again later', async (_, bytes) => {
    const {run, channels, clock} = await begin();
    channels[0]!.say(bytes);
    expect(channels[0]!.closed).toBe(true);
    clock.pass(1000);
    expect(channels).toHaveLength(1);
    clock.pass(4000);
    expect(channels).toHaveLength(2);
    run.close();
  });

  test('has what it said before kept, and nothing of it twice', async () => {
    const {run, channels} = await begin();
    const say = (bytes: Uint8Array) => channels[0]!.say(bytes);
    say(Buffer.concat([hello(0, 3), frame('state', 'running'), frame('output', number64(0), 'one')]));
    const terminal = run.openTerminal({size, from: 0, cuts: []});
    const reader = new Reader(terminal);
    await reader.shows('one');
    say(frame('output', number64(0), 'one'));
    run.lose();
    expect(await terminal.closed).toBe('lost');
    expect(reader.text).toBe('one');
  });

  test('that forgot what we lack goes on behind what we have', async () => {
    const {run, channels} = await begin();
    channels[0]!.say(Buffer.concat([hello(0, 3), frame('output', number64(0), 'one')]));
    channels[0]!.say(
      Buffer.concat([hello(100, 103), frame('output', number64(100), 'two'), frame('state', 'exited 0')]),
    );
    const terminal = run.openTerminal({size, from: 0, cuts: []});
    const reader = new Reader(terminal);
    expect(await terminal.closed).toBe('exited');
    expect(reader.text).toBe('onetwo');
    run.close();
  });

  test('that answers nothing holds nobody', async () => {
    const {run, channels, clock} = await begin();
    channels[0]!.say(hello(0, 0));
    const [resized, used] = [run.openTerminal({size, from: 0, cuts: []}).resize(size), run.stats()];
    const spawned = run.spawn({argv: ['x']}, size);
    clock.pass(30_000);
    expect(await resized).toBe(0);
    expect(await used).toBeUndefined();
    await expect(spawned).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
    run.close();
  });
});

describe.skipIf(boxMissing)(`a host that lies${boxMissing ? ` (${boxMissing})` : ''}`, () => {
  let scene: ReturnType<typeof keeperScene>;
  let link: Link;
  beforeEach(async () => {
    scene = keeperScene(temporaryDirectory());
    link = await scene.link();
    await scene.box();
    await connected(link);
  });
  afterEach(() => scene.close());

  test.each([
    ['a length beyond all bounds', raw(kinds.spawn, 0x7fff_ffff)],
    ['no length', raw(kinds.spawn, 0)],
    ['bytes at random', Buffer.concat([Buffer.from([0xff]), randomBytes(300)])],
    ['a position that is not there', frame('follow', number64(1_000_000))],
    ['an order before it follows', frame('signal', number32(1), 'KILL')],
    ['a signal that there is not', Buffer.concat([frame('follow', number64(0)), frame('signal', number32(1), 'SEGV')])],
    [
      'an acknowledgement of what was not sent',
      Buffer.concat([frame('follow', number64(0)), frame('ack', number64(77))]),
    ],
    ['typing of later', Buffer.concat([frame('follow', number64(0)), frame('input', number64(5), 'x')])],
    ['a command without words', frame('exec', Buffer.alloc(4), texts(['/', 'agent', '0']))],
    ['a command with fewer words than it says', frame('exec', Buffer.alloc(4), texts(['/', 'agent', '3', 'true']))],
    ['a word that ends early', frame('exec', Buffer.alloc(4), texts(['/', 'agent', '1', 'tr\0ue']))],
  ])('with %s is let go, and the agent runs on', async (_, bytes) => {
    const run = scene.run(link);
    await run.spawn({argv: ['/bin/sh', '-c', 'echo here; cat']}, size);
    const channel = await link.run(keeperClient);
    channel.onOutput(() => {});
    await channel.write(bytes);
    await channel.closed;
    const terminal = run.openTerminal({size, from: 0, cuts: []});
    const reader = new Reader(terminal);
    await reader.shows('here');
    terminal.write(Buffer.from('still\n'));
    await reader.shows('still\r\nstill');
  });
});
