import {createEmulator, type Emulator} from '../src/terminal/emulator.ts';
import {createOutputGuard} from '../src/terminal/guard.ts';
import {createPlainText} from '../src/terminal/plain-text.ts';
import type {Bench, Row} from './bench.ts';
import {summaryOf} from './samples.ts';

const size = {columns: 100, rows: 30};
const rounds = 5;
const frames = 200;
const framesPerSecond = 25;

const plain = Buffer.from(
  Array.from(
    {length: 100_000},
    (_, at) => `line ${at} of ordinary build output, with words of the usual length\r\n`,
  ).join(''),
);
/** As agents draw: a box, colours, a spinner, a few letters at a time. */
const drawn = Buffer.from(
  Array.from(
    {length: 60_000},
    (_, at) =>
      `\x1b[?25l\x1b[${(at % 29) + 1};${(at % 60) + 1}H\x1b[38;2;${at % 256};119;87m✻ step ${at}\x1b[0m \x1b[2m(esc to interrupt)\x1b[22m\x1b[K\x1b[48;5;${at % 256}m│ ü \x1b[49m\r\n`,
  ).join(''),
);

const pieces = function* (bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
};
const milliseconds = (act: () => void): number => {
  const began = performance.now();
  act();
  return performance.now() - began;
};

async function parsed(bytes: Uint8Array): Promise<{readonly speed: number; readonly emulator: Emulator}> {
  const emulator = createEmulator({size});
  let last = performance.now();
  emulator.onChange(() => {
    if (performance.now() - last < 1000 / framesPerSecond) return;
    last = performance.now();
    emulator.lines(0);
  });
  const began = performance.now();
  for (const piece of pieces(bytes)) emulator.write(piece);
  await emulator.settled();
  return {speed: bytes.length / 1000 / (performance.now() - began), emulator};
}

async function measure(say: (progress: string) => void): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [what, bytes] of Object.entries({'plain lines': plain, 'a drawing agent': drawn})) {
    const speeds = {parse: [] as number[], guard: [] as number[], text: [] as number[]};
    const times = {lines: [] as number[], paint: [] as number[]};
    for (let round = 0; round < rounds; round++) {
      say(`${what}, ${round + 1} of ${rounds}`);
      const {speed, emulator} = await parsed(bytes);
      speeds.parse.push(speed);
      for (let at = 0; at < frames; at++) {
        times.lines.push(milliseconds(() => emulator.lines(0)));
        times.paint.push(milliseconds(() => emulator.paint()));
      }
      emulator.dispose();
      for (const [name, make] of [
        ['guard', createOutputGuard],
        ['text', createPlainText],
      ] as const) {
        const reader = make();
        const took = milliseconds(() => {
          for (const piece of pieces(bytes)) reader.feed(piece);
        });
        speeds[name].push(bytes.length / 1000 / took);
      }
    }
    rows.push(
      {what: `${what}: emulator, with ${framesPerSecond} frames a second`, unit: 'MB/s', ours: summaryOf(speeds.parse)},
      {what: `${what}: guard`, unit: 'MB/s', ours: summaryOf(speeds.guard)},
      {what: `${what}: plain text for logs`, unit: 'MB/s', ours: summaryOf(speeds.text)},
      {what: `${what}: a frame's lines`, unit: 'ms', ours: summaryOf(times.lines)},
      {what: `${what}: an exact screen`, unit: 'ms', ours: summaryOf(times.paint)},
    );
  }
  return rows;
}

export const terminal: Bench = {
  name: 'terminal',
  title: 'Terminal: emulator, guard, log text',
  notes: [
    `${size.columns}×${size.rows}, in pieces of 64 KiB, ${rounds} rounds; speeds are of bytes of output, in this process alone.`,
  ],
  measure,
};
