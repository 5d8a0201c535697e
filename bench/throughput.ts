import {spawn} from 'node:child_process';
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import xterm from '@xterm/headless';
import {run} from '../src/lib/exec.ts';
import type {SessionView} from '../src/sessions/port.ts';
import {createLives} from '../src/sessions/terminals/lives.ts';
import type {Bench} from './bench.ts';
import {type LocalPodman, openLocalPodman, openPodmanHome, type PodmanHome} from './podman-home.ts';
import {summaryOf} from './samples.ts';

const rounds = 5;
const size = {columns: 120, rows: 40};
const megabyte = 1e6;
const wantedBytes = 50 * megabyte;
const wantedSpeed = 25;
const wantedShare = 0.9;
const pieceBytes = 128 * 1024;

/** 80 columns that can be seen, in colours. */
function colouredLine(number: number): string {
  const path = `/api/v1/things/${(number * 7919) % 100_000}`.padEnd(40);
  return `\x1b[2m${String(number).padStart(12)}\x1b[22m  \x1b[32mGET\x1b[39m ${path} \x1b[36m200\x1b[39m ${`${(number * 31) % 997} ms`.padStart(18)}\n`;
}

interface Text {
  /** The number in its last line. */
  readonly last: number;
  /** As a terminal prints it: each line ends with CR LF. */
  readonly printedBytes: number;
}

function writeText(file: string): Text {
  const lines: string[] = [];
  let printedBytes = 0;
  while (printedBytes < wantedBytes) {
    const line = colouredLine(lines.length);
    lines.push(line);
    printedBytes += line.length + 1;
  }
  writeFileSync(file, lines.join(''));
  return {last: lines.length - 1, printedBytes};
}

/** Prints dots, so that a viewer knows it is there, until somebody writes to its pipe; then the text; and stays. */
const script = 'exec 3<>go; until read -t 0.1 -u 3 word; do printf .; done; cat text; exec sleep 1000';

async function waitingSession(
  home: Pick<PodmanHome, 'repo' | 'session'>,
  name: string,
): Promise<{session: SessionView; go: () => void; text: Text}> {
  const repo = home.repo(name);
  const text = writeText(path.join(repo, 'text'));
  const {exitCode, stderr} = await run('mkfifo', ['-m', '666', path.join(repo, 'go')]);
  if (exitCode !== 0) throw new Error(stderr);
  const session = await home.session(name, ['bash', '-c', script], size);
  return {session, text, go: () => appendFileSync(path.join(repo, 'go'), 'go\n')};
}

/** Counts what comes: resolves at the first bytes, and when all of the text came. A dot or two more do not matter. */
function counter(text: Text) {
  const first = Promise.withResolvers<void>();
  const all = Promise.withResolvers<number>();
  let count = 0;
  return {
    first: first.promise,
    all: all.promise,
    begin() {
      count = 0;
    },
    add(bytes: number) {
      count += bytes;
      first.resolve();
      if (count >= text.printedBytes) all.resolve(performance.now());
    },
  };
}

const speed = (text: Pick<Text, 'printedBytes'>, ms: number) => text.printedBytes / megabyte / (ms / 1000);

/** Resolves once the last line is on the screen. */
async function parsed({port}: LocalPodman, name: string, {last}: Text): Promise<void> {
  const frames = port.watchScreen(name, {scrolled: 0, maxFps: 100}, new AbortController().signal);
  for await (const {lines} of frames) if (lines.some(line => line.includes(` ${last}\x1b`))) return;
}

/** From the go until a client of the daemon has every byte. */
async function throughDaemon(home: PodmanHome, name: string): Promise<number> {
  const {text, go} = await waitingSession(home, name);
  const attachment = await home.port.attach(name, size);
  const seen = counter(text);
  void (async () => {
    for await (const bytes of attachment.output) seen.add(bytes.length);
  })();
  await seen.first;
  seen.begin();
  const began = performance.now();
  go();
  const took = (await seen.all) - began;
  attachment.detach();
  await home.port.remove(name, {force: true});
  return speed(text, took);
}

/** In this process, until the emulator has parsed it, too. Then the same again from the record. */
async function inProcess(home: LocalPodman, name: string): Promise<{live: number; recorded: number}> {
  const {session, text, go} = await waitingSession(home, name);
  const record = home.context.store.byId(session.id);
  if (!record) throw new Error('the session is gone');
  const attachment = await home.port.attach(name, size);
  const seen = counter(text);
  void (async () => {
    for await (const bytes of attachment.output) seen.add(bytes.length);
  })();
  await seen.first;
  seen.begin();
  const began = performance.now();
  go();
  await seen.all;
  await parsed(home, name, text);
  const took = performance.now() - began;
  attachment.detach();

  const again = createLives(home.context);
  const replayBegan = performance.now();
  await (await again.of(record)).caughtUp;
  const replay = performance.now() - replayBegan;
  again.close();
  await home.port.remove(name, {force: true});
  return {live: speed(text, took), recorded: speed(text, replay)};
}

/** The bare parser over the same text in pieces as conmon's log is read: no terminal of ours can be faster. */
async function parserAlone(file: string): Promise<number> {
  const bytes = readFileSync(file, 'latin1').replaceAll('\n', '\r\n');
  const text = Buffer.from(bytes, 'latin1');
  const terminal = new xterm.Terminal({
    ...{cols: size.columns, rows: size.rows, scrollback: 2000, allowProposedApi: true, logLevel: 'off' as const},
  });
  const began = performance.now();
  for (let at = 0; at < text.length; at += pieceBytes) {
    await new Promise<void>(resolve => terminal.write(text.subarray(at, at + pieceBytes), resolve));
  }
  const took = performance.now() - began;
  terminal.dispose();
  return speed({printedBytes: text.length}, took);
}

async function podmanAttach(home: PodmanHome, name: string): Promise<number> {
  const {session, text, go} = await waitingSession(home, name);
  // Through a pipe that is counted and dropped: /dev/null could not tell when the last byte came.
  const child = spawn('podman', ['attach', '--no-stdin', `trails-${session.id}`], {
    env: home.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const seen = counter(text);
  child.stdout.on('data', (bytes: Buffer) => seen.add(bytes.length));
  const {promise: gone, resolve} = Promise.withResolvers<void>();
  child.once('exit', () => resolve());
  await seen.first;
  seen.begin();
  const began = performance.now();
  go();
  const took = (await seen.all) - began;
  child.kill();
  await gone;
  await home.port.remove(name, {force: true});
  return speed(text, took);
}

export const throughput: Bench = {
  name: 'throughput',
  title: '50 MB of coloured 80-column lines out of a container, every byte delivered',
  notes: [
    `${rounds} rounds by turns; from the go to the last byte delivered, conmon's own speed included`,
    'in this process: no daemon, and the emulator has parsed it, too',
    'beside: podman attach into a pipe, counted and dropped',
    'recorded: a newly opened terminal reads it all again; beside: the bare parser over the same text in memory',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const local = await openLocalPodman();
    const served: number[] = [];
    const live: number[] = [];
    const recorded: number[] = [];
    const raw: number[] = [];
    const parser: number[] = [];
    try {
      for (let round = -1; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        const through = await throughDaemon(home, `daemon-${round + 1}`);
        const one = await inProcess(local, `ours-${round + 1}`);
        const other = await podmanAttach(home, `raw-${round + 1}`);
        const bare = await parserAlone(path.join(home.repo(`raw-${round + 1}`), 'text'));
        if (round < 0) continue;
        served.push(through);
        live.push(one.live);
        recorded.push(one.recorded);
        raw.push(other);
        parser.push(bare);
      }
    } finally {
      await local.end();
      await home.end();
    }
    const beside = {name: 'podman attach', summary: summaryOf(raw)};
    const bare = {name: 'bare xterm.js', summary: summaryOf(parser)};
    const meets = (speeds: readonly number[]) => ({
      text: `≥ ${wantedSpeed} MB/s`,
      met: summaryOf(speeds).p50 >= wantedSpeed,
    });
    return [
      {
        what: 'through the daemon to a client',
        unit: 'MB/s',
        ours: summaryOf(served),
        beside,
        target: {
          text: `≥ ${wantedShare} × beside`,
          met: summaryOf(served).p50 >= wantedShare * beside.summary.p50,
        },
      },
      {what: 'live, emulator fed', unit: 'MB/s', ours: summaryOf(live), beside, target: meets(live)},
      {what: 'recorded, emulator fed', unit: 'MB/s', ours: summaryOf(recorded), beside: bare, target: meets(recorded)},
    ];
  },
};
