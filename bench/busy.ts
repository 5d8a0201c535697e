import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {setTimeout as rest} from 'node:timers/promises';
import {build} from 'esbuild';
import {programOptions, root} from '../scripts/bundle.ts';
import type {Bench, Row} from './bench.ts';
import {type Home, openHome} from './home.ts';
import {openPodmanHome} from './podman-home.ts';
import {coreSeconds, cpuSeconds} from './proc.ts';
import {program} from './program.ts';
import {type Summary, summaryOf} from './samples.ts';
import {openScreenProgram, type ScreenProgram} from './screen-program.ts';
import {usualSize} from './sizes.ts';

const sessions = 10;
const presses = 100;
const allowedMs = 50;
/** Not in step with the frames of the screen. */
const gapMs = () => 120 + Math.random() * 80;

/** Forty coloured lines every 40 ms, as the mock's flood prints; no process is made for it. */
const paced = String.raw`$|=1; my $n=0; while (1) { my $t='';
for (1..40) { $n++; $t .= sprintf "\e[2m%8d\e[22m  \e[32mGET\e[39m /api/v1/things/%d 200\n", $n, ($n*7919)%100000 }
print $t; select undef,undef,undef,0.04 }`;
/** As fast as it goes within a tenth of a core each: the machine has to be left to somebody. */
const unpaced = String.raw`my $n=0; while (1) { $n++; printf "\e[2m%8d\e[22m  \e[32mGET\e[39m /api/v1/things/%d 200\n", $n, ($n*7919)%100000 }`;

const selectedRow = (lines: readonly string[]) => lines.findIndex(line => line.startsWith('▌'));

/** Presses j and k by turns; each time until the eye sees the selection on another row. */
async function answers(dashboard: ScreenProgram, say: (progress: string) => void): Promise<Summary> {
  await dashboard.until(lines => lines.filter(line => /\bbusy-\d+/.test(line)).length >= sessions);
  await rest(3000);
  const took: number[] = [];
  for (let press = -5; press < presses; press++) {
    if (press % 10 === 0) say(`press ${Math.max(0, press)} of ${presses}`);
    await rest(gapMs());
    const before = selectedRow(dashboard.lines);
    const down = Math.floor((press + 5) / (sessions - 1)) % 2 === 0;
    const began = performance.now();
    dashboard.write(down ? 'j' : 'k');
    const at = await dashboard.until(lines => ![-1, before].includes(selectedRow(lines)), 5000);
    if (press >= 0) took.push(at - began);
  }
  return summaryOf(took);
}

interface World {
  readonly what: string;
  open(say: (progress: string) => void): Promise<{readonly dashboard: ScreenProgram; end(): Promise<void>}>;
}

const start = (file: string, args: readonly string[], {env}: Pick<Home, 'env'>) =>
  openScreenProgram(process.execPath, [file, ...args], {
    size: usualSize,
    env: {...env, TRAILS_DEV_SESSIONS: String(sessions)},
  });

const mock = (what: string, scene: string): World => ({
  what,
  async open() {
    const home = openHome();
    // Inside the tree: what a bundle leaves outside is found from there.
    const outdir = path.join(root, 'dist', 'bench');
    await build(programOptions({main: path.join(root, 'bench/mock-dashboard.ts'), outdir}));
    const dashboard = start(path.join(outdir, 'trails.js'), [scene], home);
    return {
      dashboard,
      async end() {
        await dashboard.close();
        home.close();
      },
    };
  },
});

const podman = (what: string, script: string, cpus: number | undefined): World => ({
  what,
  async open(say) {
    const home = await openPodmanHome();
    for (let number = 1; number <= sessions; number++) {
      say(`making session ${number} of ${sessions}`);
      const name = `busy-${number}`;
      const repo = home.repo(name);
      writeFileSync(path.join(repo, 'flood.pl'), script);
      await home.session(name, ['perl', 'flood.pl'], {columns: 100, rows: 30}, cpus === undefined ? {} : {cpus});
    }
    const dashboard = start(program, ['--provider', 'podman'], home);
    return {
      dashboard,
      async end() {
        await dashboard.close();
        await home.end();
      },
    };
  },
});

/** What a key costs by itself. */
const resting = mock('ten that rest', 'rests');
const worlds: readonly World[] = [
  mock('mock floods', 'floods'),
  podman('podman floods, paced as the mock', paced, undefined),
  podman('podman floods, a tenth of a core each', unpaced, 0.1),
];

export const busy: Bench = {
  name: 'busy',
  title: `a key press in the dashboard over ${sessions} busy sessions, until the eye sees its effect`,
  notes: [
    `${presses} presses of j and k at uneven times, the preview of the selected session on the screen`,
    'paced: forty coloured lines every 40 ms and session, about 0.6 MB/s in all',
  ],
  async measure(say) {
    const look = async ({what, open}: World) => {
      const sayOf = (progress: string) => say(`${what}: ${progress}`);
      const {dashboard, end} = await open(sayOf);
      try {
        const used = cpuSeconds(dashboard.pid);
        const {waited} = coreSeconds(dashboard.pid);
        const began = performance.now();
        const ours = await answers(dashboard, sayOf);
        const seconds = (performance.now() - began) / 1000;
        const share = (part: number) => summaryOf([(part / seconds) * 100]);
        return {
          ours,
          cpu: share(cpuSeconds(dashboard.pid) - used),
          starved: share(coreSeconds(dashboard.pid).waited - waited),
        };
      } finally {
        await end();
      }
    };
    const quiet = await look(resting);
    const beside = (summary: Summary) => ({name: resting.what, summary});
    const rows: Row[] = [];
    for (const world of worlds) {
      const {ours, cpu, starved} = await look(world);
      const target = {text: `p95 ≤ ${allowedMs} ms`, met: ours.p95 <= allowedMs};
      rows.push({what: world.what, unit: 'ms', ours, beside: beside(quiet.ours), target});
      rows.push({what: '  CPU of the dashboard meanwhile', unit: '%', ours: cpu, beside: beside(quiet.cpu)});
      rows.push({what: '  ready, but no core was free', unit: '%', ours: starved, beside: beside(quiet.starved)});
    }
    return rows;
  },
};
