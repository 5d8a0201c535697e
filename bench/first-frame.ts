import {world} from '../src/providers/mock/world.ts';
import type {Bench} from './bench.ts';
import {openHome} from './home.ts';
import {residentMb} from './proc.ts';
import {program} from './program.ts';
import {summaryOf} from './samples.ts';
import {openScreenProgram} from './screen-program.ts';
import {usualSize} from './sizes.ts';

const rounds = 15;
const sessions = 50;
const names = world(sessions).map(({name}) => name);

const showsHeader = (lines: readonly string[]) =>
  /^ trails\b/.test(lines[0] ?? '') && lines.some(line => line.includes('Sessions'));
const showsAll = (lines: readonly string[]) => {
  const text = lines.join('\n');
  return names.every(name => text.includes(name));
};

export const firstFrame: Bench = {
  name: 'first-frame',
  title: `the bundled dashboard with ${sessions} mock sessions, from its start to what the eye sees`,
  notes: [
    `${rounds} rounds by turns in a PTY of ${usualSize.columns}×${usualSize.rows}, after one that fills the compile cache`,
    'beside: node -e that prints one character, to that character',
    'memory: VmRSS when all rows are on the screen',
  ],
  async measure(say) {
    const home = openHome();
    const env = {...home.env, TRAILS_DEV_SESSIONS: String(sessions)};
    const painted: number[] = [];
    const header: number[] = [];
    const full: number[] = [];
    const memory: number[] = [];
    const bare: number[] = [];
    try {
      for (let round = -1; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        const node = openScreenProgram(process.execPath, ['-e', 'process.stdout.write(".")'], {size: usualSize, env});
        const printed = (await node.until(([first]) => first === '.')) - node.begunAt;
        await node.close();
        const dashboard = openScreenProgram(process.execPath, [program, '--dev'], {size: usualSize, env});
        const firstAt = dashboard.until(([first]) => /^ trails\b/.test(first ?? ''));
        const headerAt = dashboard.until(showsHeader);
        const fullAt = await dashboard.until(showsAll);
        const resident = residentMb(dashboard.pid);
        if (round < 0) {
          // Node writes its compile cache when a program ends by itself.
          await dashboard.until(lines => /\bmock\b/.test(lines[0] ?? ''));
          dashboard.write('q');
          await dashboard.exited;
        }
        await dashboard.close();
        if (round < 0) continue;
        bare.push(printed);
        painted.push((await firstAt) - dashboard.begunAt);
        header.push((await headerAt) - dashboard.begunAt);
        full.push(fullAt - dashboard.begunAt);
        memory.push(resident);
      }
    } finally {
      home.close();
    }
    const beside = {name: 'node', summary: summaryOf(bare)};
    const [first, list, all, rss] = [painted, header, full, memory].map(summaryOf) as [S, S, S, S];
    return [
      {what: 'first painted frame', unit: 'ms', ours: first, beside},
      {
        what: 'frame with the list header',
        unit: 'ms',
        ours: list,
        beside,
        target: {text: '≤ 100 ms', met: list.p50 <= 100},
      },
      {
        what: `frame with ${sessions} rows`,
        unit: 'ms',
        ours: all,
        beside,
        target: {text: '≤ 100 ms', met: all.p50 <= 100},
      },
      {what: 'memory then', unit: 'MB', ours: rss, target: {text: '≤ 90 MB', met: rss.p50 <= 90}},
    ];
  },
};
type S = ReturnType<typeof summaryOf>;
