import {pause} from '../lib/clock.ts';
import type {SessionStats} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, Interrupted, withPort} from './context.ts';
import type {Group} from './group.ts';
import type {Paint} from './print.ts';
import {table} from './table.ts';
import {bytes} from './units.ts';

const refreshMs = 2000;
const alternate = {enter: '\x1b[?1049h\x1b[?25l', leave: '\x1b[?25h\x1b[?1049l', clear: '\x1b[H\x1b[J'} as const;

/** Of a limit that is not held nothing is told. */
const orNone = (limit: number, shown: (limit: number) => string): string => (limit === 0 ? '-' : shown(limit));

/** The busiest first. */
export function statsTable(stats: readonly SessionStats[], paint: Paint): readonly string[] {
  const limits = stats.map(({diskLimit}) => diskLimit);
  const [bounded, all] = [limits.some(one => one !== null), limits.every(one => one !== null)];
  const head = ['NAME', 'CPU', 'MEMORY', 'OF', 'PROCESSES', 'OF', 'DISK', ...(bounded ? ['OF'] : [])];
  const sum = (value: (one: SessionStats) => number) => stats.reduce((total, one) => total + value(one), 0);
  const sumOfLimits = (limit: (one: SessionStats) => number) => (stats.every(one => limit(one) > 0) ? sum(limit) : 0);
  const known = stats.every(({diskBytes}) => diskBytes !== null);
  const rows = [...stats]
    .sort((a, b) => b.cpuPercent - a.cpuPercent || a.name.localeCompare(b.name))
    .map(one => [
      paint('bold', cleanLine(one.name)),
      `${one.cpuPercent.toFixed(1)}%`,
      bytes(one.memoryBytes),
      orNone(one.memoryLimit, bytes),
      String(one.pids),
      orNone(one.pidsLimit, String),
      one.diskBytes === null ? '-' : bytes(one.diskBytes),
      ...(bounded ? [one.diskLimit === null ? '-' : bytes(one.diskLimit)] : []),
    ]);
  const total = [
    paint('dim', `all ${stats.length}`),
    `${sum(one => one.cpuPercent).toFixed(1)}%`,
    bytes(sum(one => one.memoryBytes)),
    orNone(
      sumOfLimits(one => one.memoryLimit),
      bytes,
    ),
    String(sum(one => one.pids)),
    orNone(
      sumOfLimits(one => one.pidsLimit),
      String,
    ),
    known ? bytes(sum(one => one.diskBytes ?? 0)) : '-',
    ...(bounded ? [all ? bytes(sum(one => one.diskLimit ?? 0)) : '-'] : []),
  ];
  const lines = [head.map(text => paint('dim', text)), ...rows, ...(rows.length > 1 ? [total] : [])];
  return table(lines, {right: [1, 2, 3, 4, 5, 6, 7]});
}

/** The first ones, and the last one, which is the total. */
const fitting = (lines: readonly string[], most: number): readonly string[] =>
  lines.length <= most ? lines : [...lines.slice(0, most - 1), ...lines.slice(-1)];

/** Draws until Ctrl-C, on the alternate screen, so that the terminal is as before when it ends. */
async function live(context: Context, read: (signal: AbortSignal) => Promise<readonly SessionStats[]>): Promise<void> {
  const {print, stop, stdout} = context;
  await print.out(alternate.enter);
  try {
    while (!stop.signal.aborted) {
      const lines = fitting(statsTable(await read(stop.signal), print.paint), Math.max(2, (stdout.rows ?? 24) - 2));
      await print.out(`${alternate.clear}${lines.join('\r\n')}\r\n${print.paint('dim', 'ctrl-c leaves')}`);
      await pause(refreshMs, stop.signal);
    }
  } catch (error) {
    if (!(stop.signal.reason instanceof Interrupted)) throw error;
  } finally {
    await print.out(alternate.leave);
  }
}

export const addTop: Group = (program, context) => {
  const {print} = context;
  program
    .command('top')
    .description('show what the sessions use of this machine; goes on in a terminal')
    .option('--json', 'print one reading as JSON')
    .action(async ({json}) => {
      if (print.live && !json) {
        await withPort(context, port => live(context, signal => port.stats(signal)), {cleansUp: true});
        return;
      }
      const stats = await withPort(context, (port, signal) => port.stats(signal));
      if (json) await print.json(stats);
      else if (stats.length === 0) print.note('No session runs.');
      else {
        for (const line of statsTable(stats, print.paint)) await print.line(line);
        if (stats.some(({memoryLimit, pidsLimit}) => memoryLimit === 0 || pidsLimit === 0))
          print.note('-: the limit is not held there; see `trails show NAME`.');
      }
    });
};
