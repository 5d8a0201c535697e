import {readFileSync, statSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import ssh2 from 'ssh2';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {keepKeys, keptKeys, makeKeys} from '../../../src/providers/dagger/link/keys.ts';
import type {Channel, Link} from '../../../src/providers/dagger/link/link.ts';
import {connected, keeperScene} from '../../support/dagger/keeper-scene.ts';
import {boxMissing} from '../../support/dagger/local-box.ts';
import {temporaryDirectory} from '../../support/home.ts';

const saidBy = async (channel: Channel) => {
  const said = {stdout: '', stderr: ''};
  channel.onOutput((stream, bytes) => {
    said[stream] += Buffer.from(bytes).toString();
  });
  return {...said, code: await channel.closed, ...said};
};

/** Resolves when nothing is at the other end any more. */
const closedBy = (socket: net.Socket): Promise<void> =>
  new Promise(resolve => {
    socket.resume();
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });

describe('the keys of a link', () => {
  test('are kept for us alone, and come back as they were', () => {
    const directory = path.join(temporaryDirectory(), 'keys');
    const keys = makeKeys();
    keepKeys(directory, keys);
    expect(keptKeys(directory)).toEqual(keys);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(directory, 'link-keys.json')).mode & 0o777).toBe(0o600);
    writeFileSync(path.join(directory, 'link-keys.json'), '{"ours": 1}');
    expect(() => keptKeys(directory)).toThrow(expect.objectContaining({code: 'STATE_UNUSABLE'}));
  });
});

test('each key that is made can be read: of those that ssh2 makes, not every one can', () => {
  const made = Array.from({length: 1500}, makeKeys).flatMap(({ours, host}) => [ours, host]);
  expect(made.filter(key => ssh2.utils.parseKey(key) instanceof Error)).toEqual([]);
});

describe('who answers at a link', () => {
  let scene: ReturnType<typeof keeperScene>;
  beforeEach(() => {
    scene = keeperScene(temporaryDirectory());
  });
  afterEach(() => scene.close());

  test('says nothing sensible: it is let go, and its flood is not read to the end', async () => {
    const link = await scene.link();
    const socket = net.connect(scene.socket);
    const gone = closedBy(socket);
    const flood = () => {
      while (socket.writable && socket.write(Buffer.alloc(64 * 1024, 0x41)));
    };
    socket.on('drain', flood);
    flood();
    await gone;
    expect(link.connected).toBe(false);
  });

  test('many who say nothing are let go at once', async () => {
    await scene.link();
    const many = Array.from({length: 50}, () => net.connect(scene.socket));
    let open = many.length;
    await new Promise<void>(resolve => {
      for (const socket of many)
        void closedBy(socket).then(() => {
          open -= 1;
          if (open === 8) resolve();
        });
    });
    for (const socket of many) socket.destroy();
  });

  test('what a dead daemon left is replaced; anything else is not', async () => {
    const link = await scene.link();
    expect(statSync(scene.socket).mode & 0o777).toBe(0o600);
    expect(statSync(path.dirname(scene.socket)).mode & 0o777).toBe(0o700);
    const second = await scene.link();
    await Promise.all([link.close(), second.close()]);
    writeFileSync(scene.socket, 'mine');
    await expect(scene.link()).rejects.toMatchObject({code: 'STATE_UNUSABLE'});
    expect(readFileSync(scene.socket, 'utf8')).toBe('mine');
  });

  test('a path that is too long for a socket is named', async () => {
    const long = keeperScene(path.join(temporaryDirectory(), 'x'.repeat(100)));
    await expect(long.link()).rejects.toMatchObject({code: 'STATE_UNUSABLE', message: expect.stringContaining('107')});
  });

  test('with nobody there a command is refused', async () => {
    const link = await scene.link();
    await expect(link.run('true')).rejects.toMatchObject({code: 'ENGINE_UNREACHABLE'});
    expect(link.contactAt).toBeUndefined();
  });
});

describe.skipIf(boxMissing)(`a link to a box${boxMissing ? ` (${boxMissing})` : ''}`, () => {
  let scene: ReturnType<typeof keeperScene>;
  let link: Link;
  beforeEach(async () => {
    scene = keeperScene(temporaryDirectory());
    link = await scene.link();
  });
  afterEach(() => scene.close());

  test('runs commands as its root, with streams apart, codes and signals', async () => {
    await scene.box();
    await connected(link);
    expect(await saidBy(await link.run('id -u; echo no >&2; exit 5'))).toEqual({
      stdout: '0\n',
      stderr: 'no\n',
      code: 5,
    });
    expect((await saidBy(await link.run('kill -KILL $$'))).code).toBe(137);
    const tty = await link.run('stty size; read -r line; stty size', {tty: {columns: 91, rows: 33}});
    tty.resize({columns: 70, rows: 20});
    await tty.write(Buffer.from('x\n'));
    expect((await saidBy(tty)).stdout).toMatch(/20 70\s*$/);
  });

  test('a reader that pauses gets everything later, and the others go on', async () => {
    await scene.box();
    await connected(link);
    const slow = await link.run('head -c 20000000 /dev/zero');
    let count = 0;
    const first = new Promise<void>(resolve =>
      slow.onOutput((_, bytes) => {
        count += bytes.length;
        resolve();
      }),
    );
    await first;
    slow.pause();
    const before = count;
    expect((await saidBy(await link.run('head -c 5000000 /dev/zero | wc -c'))).stdout).toBe('5000000\n');
    expect(count).toBe(before);
    slow.resume();
    expect(await slow.closed).toBe(0);
    expect(count).toBe(20_000_000);
  });

  test('input is taken with backpressure, whole', async () => {
    await scene.box();
    await connected(link);
    const channel = await link.run('sha256sum | head -c 8; cat');
    const said = saidBy(channel);
    for (let piece = 0; piece < 100; piece += 1) await channel.write(Buffer.alloc(64 * 1024, piece));
    channel.end();
    const whole = Buffer.concat(Array.from({length: 100}, (_, piece) => Buffer.alloc(64 * 1024, piece)));
    const {createHash} = await import('node:crypto');
    expect((await said).stdout).toBe(createHash('sha256').update(whole).digest('hex').slice(0, 8));
  });

  test('another host key is not believed, and another client not let in', async () => {
    const other = makeKeys();
    const refused: string[] = [];
    const wrongHost = await scene.box({...scene.keys, host: other.host});
    const seen = new Promise<void>(resolve => {
      scene.onRefused(why => {
        refused.push(why);
        resolve();
      });
    });
    await seen;
    expect(refused[0]).toContain('another host key');
    expect(link.connected).toBe(false);
    await wrongHost.kill();
    const noEntry = new Promise<string>(resolve => scene.onRefused(resolve));
    await scene.box({...scene.keys, oursPublic: other.oursPublic});
    expect(await noEntry).toContain('authentication');
    expect(link.connected).toBe(false);
  });

  test('a second one with the same keys takes over, and the first one comes back', async () => {
    const first = await scene.box();
    await connected(link);
    const running = await link.run('sleep 1000');
    await scene.box();
    expect(await running.closed).toBeUndefined();
    await first.kill();
    await connected(link);
    expect((await saidBy(await link.run('echo here'))).stdout).toBe('here\n');
  });

  test('a keeper that is killed ends its box, and what ran there is known to be gone', async () => {
    const box = await scene.box();
    await connected(link);
    // Above it there is only what holds the box.
    const running = await link.run('kill -9 2; sleep 1000');
    expect(await running.closed).toBeUndefined();
    expect(await box.exited).toBe(137);
    expect(link.connected).toBe(false);
  });

  test('a peer that falls silent is noticed within 6 seconds', async () => {
    const box = await scene.box();
    await connected(link);
    const began = Date.now();
    box.silence();
    await connected(link, false);
    expect(Date.now() - began).toBeLessThan(6500);
  });
});
