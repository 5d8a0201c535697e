import {setTimeout as rest} from 'node:timers/promises';
import type {Bench} from './bench.ts';
import {openPodmanHome, type PodmanHome} from './podman-home.ts';
import {cpuSeconds, residentMb} from './proc.ts';
import {program} from './program.ts';
import {summaryOf} from './samples.ts';
import {openScreenProgram, type ScreenProgram} from './screen-program.ts';
import {usualSize} from './sizes.ts';

const sessions = 20;
/** Creations end, first frames are collected as garbage; then it counts. */
const settleMs = 8000;
const watchedMs = 20_000;
/** A young session's age changes every second on the screen, an older one's every minute. */
const minuteMs = 65_000;

/** Of one process over the watched time: per cent of one core, and memory at its end. */
interface Use {
  readonly cpu: number;
  readonly memory: number;
}

async function watch(pids: readonly number[]): Promise<readonly Use[]> {
  const before = pids.map(cpuSeconds);
  const began = performance.now();
  await rest(watchedMs);
  const seconds = (performance.now() - began) / 1000;
  return pids.map((pid, at) => ({cpu: ((cpuSeconds(pid) - before[at]!) / seconds) * 100, memory: residentMb(pid)}));
}

async function openDashboard({env}: PodmanHome): Promise<ScreenProgram> {
  const dashboard = openScreenProgram(process.execPath, [program, '--provider', 'podman'], {size: usualSize, env});
  return dashboard;
}

const engineOf = (home: PodmanHome): number => {
  const pid = home.servicePid();
  if (pid === undefined) throw new Error("the engine's service of this home does not run");
  return pid;
};

export const idle: Bench = {
  name: 'idle',
  title: `the dashboard over ${sessions} idle sessions on Podman, beside one with none`,
  notes: [
    `both at once, ${watchedMs / 1000} s after ${settleMs / 1000} s of rest, one run; CPU from /proc/PID/stat in parts of one core, memory VmRSS`,
    "engine: the podman service that answers this dashboard, started for it; its memory is not the dashboard's",
  ],
  async measure(say) {
    const full = await openPodmanHome();
    const empty = await openPodmanHome();
    const dashboards: ScreenProgram[] = [];
    try {
      for (let number = 1; number <= sessions; number++) {
        say(`making session ${number} of ${sessions}`);
        await full.session(`idle-${number}`, [], {columns: 120, rows: 40});
      }
      const madeAt = performance.now();
      const [busyOne, emptyOne] = [await openDashboard(full), await openDashboard(empty)];
      dashboards.push(busyOne, emptyOne);
      await busyOne.until(lines => lines.filter(line => /\bidle-\d+/.test(line)).length >= sessions);
      await emptyOne.until(lines => /no sessions.*podman/.test(lines[0] ?? ''));
      say('letting both rest');
      await rest(settleMs);
      const pids = [busyOne.pid, emptyOne.pid, engineOf(full), engineOf(empty)];
      say('watching both while ages are told in seconds');
      const [young, youngNone] = (await watch(pids)) as [Use, Use, Use, Use];
      say('waiting until every session is older than a minute');
      await rest(Math.max(0, madeAt + minuteMs - performance.now()));
      say('watching both');
      const [ours, none, engine, engineNone] = (await watch(pids)) as [Use, Use, Use, Use];
      const single = (value: number) => summaryOf([value]);
      const more = ours.memory - none.memory;
      return [
        {
          what: `CPU in the first minute of ${sessions}`,
          unit: '%',
          ours: single(young.cpu),
          beside: {name: 'empty dashboard', summary: single(youngNone.cpu)},
          target: {text: '≤ 1 %', met: young.cpu <= 1},
        },
        {
          what: `CPU over ${sessions} of some age`,
          unit: '%',
          ours: single(ours.cpu),
          beside: {name: 'empty dashboard', summary: single(none.cpu)},
          target: {text: '≤ 1 %', met: ours.cpu <= 1},
        },
        {
          what: 'memory of the dashboard then',
          unit: 'MB',
          ours: single(ours.memory),
          beside: {name: 'empty dashboard', summary: single(none.memory)},
          target: {text: `≤ beside + 60 MB (is + ${more.toFixed(0)})`, met: more <= 60},
        },
        {
          what: 'CPU of the engine',
          unit: '%',
          ours: single(engine.cpu),
          beside: {name: 'empty dashboard', summary: single(engineNone.cpu)},
        },
        {
          what: 'memory of the engine',
          unit: 'MB',
          ours: single(engine.memory),
          beside: {name: 'empty dashboard', summary: single(engineNone.memory)},
        },
      ];
    } finally {
      for (const dashboard of dashboards) await dashboard.close();
      await full.end();
      await empty.end();
    }
  },
};
