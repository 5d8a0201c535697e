import {expect, test} from 'vitest';
import type {ScreenFrame, SessionStats} from '../../src/sessions/port.ts';
import {fakePort} from './fake-port.ts';
import {cli, startCli} from './run.ts';

const frame: ScreenFrame = {
  size: {columns: 20, rows: 2},
  lines: ['\x1b[1;32m$\x1b[0m ls   ', 'a\x1b[2Jb'],
  cursor: {column: 0, row: 1, visible: true},
  title: 'sh\x1b]0;x\x07',
  scrollback: 0,
  scrolled: 0,
};

const busy: SessionStats = {
  id: 'a',
  name: 'api',
  cpuPercent: 150.25,
  memoryBytes: 300 * 2 ** 20,
  memoryLimit: 2 ** 31,
  pids: 12,
  pidsLimit: 512,
  diskBytes: null,
  diskLimit: null,
};

test('logs prints lines of plain text, however the agent wrote them', async () => {
  const {port, calls} = fakePort(undefined, {
    async *logs() {
      yield {lines: ['one\ttwo', '\x1b[31mred\x1b[0m \x1b]52;c;aGk=\x07end\r'], next: 2};
    },
  });
  expect(await cli(['logs', 'api', '--tail', '2'], {port})).toMatchObject({code: 0, stdout: 'one\ttwo\nred end\n'});
  expect(calls[0]).toEqual(['logs', 'api', {follow: false, tail: 2}, expect.any(AbortSignal)]);
});

test('logs --json is one list of lines', async () => {
  expect(JSON.parse((await cli(['logs', 'api', '--json'])).stdout)).toEqual(['one', 'two']);
});

test('logs -f goes on until Ctrl-C', async () => {
  const {port} = fakePort(undefined, {
    async *logs(_ref, {follow}, signal) {
      yield {lines: [follow ? 'following' : 'not following'], next: 1};
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), {once: true}));
    },
  });
  const run = startCli(['logs', 'api', '-f'], {port});
  run.stdout.once('data', run.interrupt);
  expect(await run.done).toMatchObject({code: 130, stdout: 'following\n', stderr: ''});
});

test('screen prints text, with --ansi its colours and nothing else', async () => {
  const {port} = fakePort(undefined, {screen: async () => frame});
  expect((await cli(['screen', 'api'], {port})).stdout).toBe('$ ls\nab\n');
  expect((await cli(['screen', 'api', '--ansi'], {port})).stdout).toBe('\x1b[1;32m$\x1b[0m ls   \x1b[0m\nab\n');
  expect(JSON.parse((await cli(['screen', 'api', '--json'], {port})).stdout)).toEqual({
    size: {columns: 20, rows: 2},
    cursor: {column: 0, row: 1, visible: true},
    title: 'sh',
    lines: ['$ ls   ', 'ab'],
  });
});

test('top without a terminal is one reading, the busiest first', async () => {
  const {port} = fakePort(undefined, {stats: async () => [{...busy, name: 'web', cpuPercent: 2}, busy]});
  const {code, stdout} = await cli(['top'], {port});
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "NAME      CPU  MEMORY  OF  PROCESSES    OF  DISK
    api    150.3%    300M  2G         12   512     -
    web      2.0%    300M  2G         12   512     -
    all 2  152.3%    600M  4G         24  1024     -
    "
  `);
  expect(JSON.parse((await cli(['top', '--json'], {port})).stdout)).toHaveLength(2);
});

test('top shows what a disk holds and may hold, where one has a limit', async () => {
  const [diskBytes, diskLimit] = [15 * 2 ** 20, 20 * 2 ** 20];
  const stats = [
    {...busy, diskBytes, diskLimit},
    {...busy, id: 'b', name: 'web', cpuPercent: 2, diskBytes},
  ];
  const {port} = fakePort(undefined, {stats: async () => stats});
  expect((await cli(['top'], {port})).stdout).toMatchInlineSnapshot(`
    "NAME      CPU  MEMORY  OF  PROCESSES    OF  DISK   OF
    api    150.3%    300M  2G         12   512   15M  20M
    web      2.0%    300M  2G         12   512   15M    -
    all 2  152.3%    600M  4G         24  1024   30M    -
    "
  `);
});

test('top on a terminal draws until Ctrl-C and leaves the terminal as it was', async () => {
  const {port} = fakePort(undefined, {stats: async () => [busy]});
  const run = startCli(['top'], {port, terminal: true});
  run.stdout.on('data', () => {
    if (run.seen.stdout.includes('150.3%')) run.interrupt();
  });
  const {code, stdout} = await run.done;
  expect(code).toBe(0);
  expect(stdout.startsWith('\x1b[?1049h')).toBe(true);
  expect(stdout.endsWith('\x1b[?1049l')).toBe(true);
});
