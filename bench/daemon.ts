import type {Bench, Row} from './bench.ts';
import {type DaemonHome, openDaemonHome} from './daemon-home.ts';
import {endedAnyway} from './leaving.ts';
import {residentMb} from './proc.ts';
import {program} from './program.ts';
import {type Summary, summaryOf} from './samples.ts';
import {openScreenProgram} from './screen-program.ts';
import {usualSize} from './sizes.ts';

const sessions = 50;
const calls = 500;
const attaches = 100;
const frames = 15;
const names = Array.from({length: sessions}, (_, number) => `agent-${number + 1}`);

async function timed(count: number, work: (round: number) => Promise<unknown>): Promise<Summary> {
  const took: number[] = [];
  for (let round = -20; round < count; round++) {
    const began = performance.now();
    await work(round);
    if (round >= 0) took.push(performance.now() - began);
  }
  return summaryOf(took);
}

async function settle({port, repo}: DaemonHome): Promise<void> {
  const {signal} = new AbortController();
  for (const name of names) {
    const where = {workspace: 'bind', repo: repo(name)} as const;
    const request = {name, agent: 'shell', args: ['echo'], ...where, env: {}, limits: {}};
    await port.create({...request, size: {columns: 100, rows: 30}}, () => {}, signal);
  }
  await port.list();
}

/** From the start of the program to the frame that has every row. */
async function frame({env}: DaemonHome): Promise<number> {
  const dashboard = openScreenProgram(process.execPath, [program], {size: usualSize, env});
  const full = await dashboard.until(lines => names.every(name => lines.some(line => line.includes(` ${name} `))));
  const took = full - dashboard.begunAt;
  dashboard.write('q');
  await dashboard.exited;
  return took;
}

async function bareNode({env}: DaemonHome): Promise<number> {
  const node = openScreenProgram(process.execPath, ['-e', 'process.stdout.write(".")'], {size: usualSize, env});
  const took = (await node.until(([first]) => first === '.')) - node.begunAt;
  await node.close();
  return took;
}

/** To the first output of an attachment: the whole screen. */
async function painted({port}: DaemonHome, name: string): Promise<void> {
  const attachment = await port.attach(name, {columns: 100, rows: 30});
  for await (const _ of attachment.output) break;
}

const target = (summary: Summary, most: number, unit: string) => ({
  text: `≤ ${most} ${unit}`,
  met: summary.p50 <= most,
});

export const daemon: Bench = {
  name: 'daemon',
  title: `a running daemon with ${sessions} mock sessions`,
  notes: [
    `calls: ${calls} one after another over one connection; attach: ${attaches}, to the first output, which is the whole screen`,
    `first frame: ${frames} rounds by turns in a PTY of ${usualSize.columns}×${usualSize.rows}, to the frame with every row, beside node -e that prints one character`,
  ],
  async measure(say) {
    const home = await openDaemonHome('mock');
    const end = endedAnyway(home.end);
    try {
      say(`making ${sessions} sessions`);
      await settle(home);
      const memory = summaryOf([residentMb(await home.daemonPid())]);
      say('calls');
      const get = await timed(calls, () => home.port.get('agent-7'));
      const list = await timed(calls, () => home.port.list());
      const attach = await timed(attaches, round => painted(home, names[(round + sessions) % sessions]!));
      const full: number[] = [];
      const bare: number[] = [];
      for (let round = -1; round < frames; round++) {
        say(`frame ${round + 1} of ${frames}`);
        const [node, ours] = [await bareNode(home), await frame(home)];
        if (round < 0) continue;
        bare.push(node);
        full.push(ours);
      }
      const first = summaryOf(full);
      const later = summaryOf([residentMb(await home.daemonPid())]);
      const rows: Row[] = [
        {what: 'get of one session', unit: 'ms', ours: get, target: target(get, 0.6, 'ms')},
        {what: `list of ${sessions}`, unit: 'ms', ours: list},
        {what: 'attach to painted screen', unit: 'ms', ours: attach, target: target(attach, 30, 'ms')},
        {
          what: `first frame of the dashboard with ${sessions} rows`,
          unit: 'ms',
          ours: first,
          beside: {name: 'node', summary: summaryOf(bare)},
          target: target(first, 120, 'ms'),
        },
        {what: 'memory of the daemon', unit: 'MB', ours: memory, target: target(memory, 250, 'MB')},
        {what: 'memory of the daemon after all this', unit: 'MB', ours: later, target: target(later, 250, 'MB')},
      ];
      return rows;
    } finally {
      await end();
    }
  },
};
