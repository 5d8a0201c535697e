import {closeSync, openSync, writeSync} from 'node:fs';
import path from 'node:path';
import {run} from '../src/lib/exec.ts';
import type {SessionsPort, Status} from '../src/sessions/port.ts';
import type {Bench, Row} from './bench.ts';
import {openPodmanHome} from './podman-home.ts';
import {summaryOf} from './samples.ts';

const rounds = 40;
const allowedMs = 150;
const size = {columns: 110, rows: 34};

/** Says what it is told through a FIFO of its workspace, as an agent with OSC 7501 does. */
const reporter = `printf '\\033]7501;state=idle\\007ready\\n'
while read -r state; do printf '\\033]7501;state=%s\\007' "$state"; done < /workspace/tell`;

/** The statuses of one session as a dashboard hears of them. */
function hearing(port: SessionsPort, id: string, signal: AbortSignal) {
  let now: Status | undefined;
  const waiting = new Set<() => void>();
  const listening = (async () => {
    for await (const {sessions} of port.watch(signal)) {
      const mine = sessions.find(session => session.id === id);
      if (mine) now = mine.status.status;
      for (const wake of waiting) wake();
    }
  })().catch(() => {});
  return {
    listening,
    until: (wanted: Status) =>
      new Promise<void>(resolve => {
        const look = () => {
          if (now !== wanted) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

export const status: Bench = {
  name: 'status',
  title: "from an agent's event to the dashboard",
  notes: [
    `${rounds} changes of a session on real Podman, through conmon, the daemon and its socket, to a client that watches`,
    'the clock begins before the agent is told to report: its own read and write are in the figure',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const left = new AbortController();
    try {
      const made = await home.session('reporter', ['sh', '-c', reporter], size);
      const fifo = path.join(home.repo('reporter'), 'tell');
      await run('mkfifo', ['-m', '666', fifo]);
      await home.port.restart(made.id, size);
      const {listening, until} = hearing(home.port, made.id, left.signal);
      const tell = openSync(fifo, 'w');
      await until('ready');
      const samples: number[] = [];
      for (let round = 0; round < rounds; round++) {
        say(`${round + 1} of ${rounds}`);
        const [state, wanted] = round % 2 === 0 ? (['working', 'working'] as const) : (['idle', 'ready'] as const);
        const began = performance.now();
        writeSync(tell, `${state}\n`);
        await until(wanted);
        samples.push(performance.now() - began);
      }
      closeSync(tell);
      left.abort();
      await listening;
      await home.port.remove(made.id, {force: true});
      const ours = summaryOf(samples);
      const target = {text: `≤ ${allowedMs} ms`, met: ours.p50 <= allowedMs};
      return [{what: 'OSC 7501 until the client has it', unit: 'ms', ours, target}] satisfies readonly Row[];
    } finally {
      left.abort();
      await home.end();
    }
  },
};
