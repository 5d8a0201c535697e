import {PassThrough} from 'node:stream';
import {expect, test} from 'vitest';
import {createByteQueue} from '../../src/lib/byte-queue.ts';
import type {Size} from '../../src/lib/size.ts';
import {type Attachable, runAttach} from '../../src/terminal/attach.ts';
import {manualClock} from '../support/manual-clock.ts';
import {feed, referenceTerminal, stateOf} from './reference.ts';

type End = {readonly reason: string};

function setting() {
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      stdin.isRaw = raw;
      return stdin;
    },
  });
  const stdout = Object.assign(new PassThrough({highWaterMark: 1024}), {isTTY: true, columns: 60, rows: 12});
  const queue = createByteQueue();
  const typed: string[] = [];
  const sizes: Size[] = [];
  let end: (end: End) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const closed = new Promise<End>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  const finish = (reason: string) => {
    queue.end();
    end({reason});
  };
  const attachment: Attachable<End> = {
    output: queue.output,
    write: bytes => void typed.push(Buffer.from(bytes).toString()),
    resize: size => void sizes.push(size),
    detach: () => finish('detached'),
    closed,
  };
  const run = (changes: Partial<Attachable<End>> = {}, key = 'ctrl-q') =>
    runAttach({
      attachment: {...attachment, ...changes},
      stdin: stdin as NodeJS.ReadStream & PassThrough,
      stdout: stdout as NodeJS.WriteStream & PassThrough,
      detachKey: key,
      clock: manualClock(),
    });
  const output = (bytes: string | Uint8Array) => queue.push(Buffer.from(bytes));
  return {
    stdin,
    stdout,
    typed,
    sizes,
    run,
    output,
    end: finish,
    waiting: () => queue.length,
    /** Resolves once the terminal takes nothing more in. */
    async stuck() {
      while (!stdout.writableNeedDrain) await new Promise(resolve => setImmediate(resolve));
    },
    fail: (error: Error) => fail(error),
  };
}

/** Everything a program may leave behind. */
const mess =
  '\x1b[?1049h\x1b[?1;5;6;9;12;45;66;1000;1002;1003;1004;1005;1006;1015;1016;2004;2026;2031h\x1b[3;7r\x1b[4h\x1b[20h\x1b[?7l\x1b[31;4;7m\x1b(0\x0e\x1b=\x1b[?25l\x1b[5 q\x1b[>1u\x1b[=3u\x1b[>4;2m\x1b]8;;http://e.test\x07\x1b]unfinished';

test('typed keys reach the session, and the detach key ends it', async () => {
  const {stdin, stdout, typed, run, output} = setting();
  stdout.resume();
  const over = run();
  expect(stdin.isRaw).toBe(true);
  stdin.write('ls\r');
  output('file\r\n');
  stdin.write('more\x11never');
  expect(await over).toEqual({reason: 'detached'});
  expect(typed.join('')).toBe('ls\rmore');
});

test('the terminal is given back as it was, whatever the agent left', async () => {
  const {stdin, stdout, run, output, end} = setting();
  const screen = referenceTerminal({columns: 60, rows: 12});
  const before = referenceTerminal({columns: 60, rows: 12});
  await feed(screen, 'user@host$ trails attach\r\n');
  const listening = () =>
    ['readable', 'end', 'data'].map(name => stdin.listenerCount(name)).concat(stdout.listenerCount('resize'));
  const atFirst = listening();
  const over = run();
  output(mess);
  end('exited');
  expect(await over).toEqual({reason: 'exited'});
  await feed(screen, stdout.read());
  const {modes, screen: which, hidden, region, mouse, newline} = stateOf(screen);
  const fresh = stateOf(before);
  expect({modes, which, hidden, region, mouse, newline}).toEqual({
    modes: fresh.modes,
    which: fresh.screen,
    hidden: fresh.hidden,
    region: fresh.region,
    mouse: fresh.mouse,
    newline: fresh.newline,
  });
  await feed(screen, 'q');
  const line = screen.buffer.active.getLine(screen.buffer.active.baseY + screen.buffer.active.cursorY);
  expect(line?.getCell(0)?.getChars()).toBe('q');
  expect(line?.getCell(0)?.isAttributeDefault()).toBe(true);
  // What stood there before is in the terminal's own scrollback.
  expect(screen.buffer.active.getLine(0)?.translateToString(true)).toBe('user@host$ trails attach');
  expect(stdin.isRaw).toBe(false);
  expect(listening()).toEqual(atFirst);
});

test('what is typed behind the detach key stays for whoever reads next', async () => {
  const {stdin, stdout, run} = setting();
  stdout.resume();
  const over = run();
  stdin.write('\x11');
  expect(await over).toEqual({reason: 'detached'});
  stdin.write('j');
  expect(String(stdin.read())).toBe('j');
});

test('the title is put aside first and brought back last', async () => {
  const {stdout, run, end} = setting();
  const over = run();
  end('exited');
  await over;
  const written = String(stdout.read());
  expect(written.startsWith('\x1b[22;0t')).toBe(true);
  expect(written.indexOf('\x1b[23;0t')).toBeGreaterThan(written.indexOf('\x1b[?1049l'));
});

test('a resized window resizes the session, and one resized before is told at the start', async () => {
  const {stdout, sizes, run, end} = setting();
  stdout.resume();
  const over = run();
  expect(sizes).toEqual([{columns: 60, rows: 12}]);
  Object.assign(stdout, {columns: 90, rows: 30});
  stdout.emit('resize');
  expect(sizes.at(-1)).toEqual({columns: 90, rows: 30});
  end('lost');
  expect(await over).toEqual({reason: 'lost'});
});

test('when something breaks the terminal is given back all the same', async () => {
  const {stdin, stdout, run, fail} = setting();
  const over = run();
  fail(new Error('the stream broke'));
  await expect(over).rejects.toThrow('the stream broke');
  expect(stdin.isRaw).toBe(false);
  expect(String(stdout.read())).toContain('\x1b[?1049l');
});

test('when listening breaks the terminal is given back all the same', async () => {
  const {stdin, stdout, run} = setting();
  stdout.resume();
  const next = () => Promise.reject(new Error('no output'));
  await expect(run({output: {[Symbol.asyncIterator]: () => ({next})}})).rejects.toThrow('no output');
  expect(stdin.isRaw).toBe(false);
});

test('an input that ends detaches', async () => {
  const {stdin, stdout, run} = setting();
  stdout.resume();
  const over = run();
  stdin.end();
  expect(await over).toEqual({reason: 'detached'});
});

test.each(['stdin', 'stdout'] as const)('without a terminal on %s nothing is begun', async which => {
  const all = setting();
  Object.assign(all[which], {isTTY: false});
  await expect(all.run()).rejects.toMatchObject({code: 'NOT_A_TERMINAL', exitCode: 64});
  expect(all.stdout.readableLength).toBe(0);
});

test('a key that cannot detach is refused before anything is begun', async () => {
  const {stdin, stdout, run} = setting();
  await expect(run({}, 'q')).rejects.toMatchObject({code: 'CONFIG_INVALID'});
  expect(stdin.isRaw).toBe(false);
  expect(stdout.readableLength).toBe(0);
});

test('a slow terminal is waited for: no more is read than it takes in, and nothing is lost', async () => {
  const {stdout, run, output, end, waiting, stuck} = setting();
  const over = run();
  const sent = Buffer.alloc(64 * 1024 * 16, 'x');
  for (let at = 0; at < 16; at++) output(sent.subarray(0, 64 * 1024));
  await stuck();
  expect(stdout.writableLength + stdout.readableLength).toBeLessThan(3 * 64 * 1024);
  expect(waiting()).toBeGreaterThan(12 * 64 * 1024);
  output('last words');
  end('exited');
  const seen: Buffer[] = [];
  stdout.on('data', (bytes: Buffer) => seen.push(bytes));
  expect(await over).toEqual({reason: 'exited'});
  const text = Buffer.concat(seen).toString();
  expect(text.split('x'.repeat(64 * 1024))).toHaveLength(17);
  expect(text).toContain('last words');
});

test('who leaves a terminal that is stuck is not kept waiting', async () => {
  const {stdin, run, output, stuck} = setting();
  const over = run();
  output(Buffer.alloc(64 * 1024, 'x'));
  await stuck();
  stdin.write('\x11');
  expect(await over).toEqual({reason: 'detached'});
  expect(stdin.isRaw).toBe(false);
});

test('an agent that has ended does not keep the user at a terminal that is stuck', async () => {
  const {stdin, run, output, end, stuck} = setting();
  const over = run();
  output(Buffer.alloc(64 * 1024, 'x'));
  await stuck();
  output('never shown');
  end('exited');
  stdin.write('\x11');
  expect(await over).toEqual({reason: 'exited'});
});
