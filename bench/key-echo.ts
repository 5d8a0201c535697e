import {setTimeout as rest} from 'node:timers/promises';
import type {Bench} from './bench.ts';
import {openLocalPodman, openPodmanHome, type PodmanHome} from './podman-home.ts';
import {program} from './program.ts';
import {summaryOf} from './samples.ts';
import {openScreenProgram, type ScreenProgram} from './screen-program.ts';

const rounds = 300;
const size = {columns: 120, rows: 40};
/** Between two keys of a fast typist's burst; the machine is idle meanwhile. */
const gapMs = 15;
const command = ['sh', '-c', 'stty raw -echo; printf ready; exec cat'] as const;
const key = 'x';

/** A key goes in; resolves when its echo comes out. */
interface Echo {
  press(): Promise<number>;
  close(): Promise<void>;
}

function nextEcho(write: () => void, listen: (heard: () => void) => void): Promise<number> {
  const {promise, resolve} = Promise.withResolvers<number>();
  let began = 0;
  listen(() => resolve(performance.now() - began));
  began = performance.now();
  write();
  return promise;
}

async function onProgram(program: ScreenProgram, ready: Promise<unknown>): Promise<Echo> {
  await ready;
  return {
    press: () =>
      nextEcho(
        () => program.write(key),
        (heard: () => void) => {
          const end = program.onBytes(text => {
            if (!text.includes(key)) return;
            end();
            heard();
          });
        },
      ),
    close: () => program.close(),
  };
}

type Attached = Pick<PodmanHome, 'session' | 'port'>;

async function throughPort({session, port}: Attached, name: string): Promise<Echo> {
  await session(name, command, size);
  const attachment = await port.attach(name, size);
  let heard = () => {};
  const {promise: ready, resolve} = Promise.withResolvers<void>();
  let seen = '';
  void (async () => {
    for await (const bytes of attachment.output) {
      const text = Buffer.from(bytes).toString();
      if (text.includes(key)) heard();
      seen += text;
      if (seen.includes('ready')) resolve();
    }
  })();
  await ready;
  const bytes = Buffer.from(key);
  return {
    press: () =>
      nextEcho(
        () => attachment.write(bytes),
        call => {
          heard = call;
        },
      ),
    close: async () => attachment.detach(),
  };
}

const ways: Readonly<Record<string, (home: PodmanHome, local: Attached) => Promise<Echo>>> = {
  local: (_home, local) => throughPort(local, 'in-process'),
  daemon: home => throughPort(home, 'through-the-daemon'),
  async trails({session, env}) {
    const {name} = await session('trails-attach', command, size);
    const args = [program, '--provider', 'podman', 'attach', name];
    const attached = openScreenProgram(process.execPath, args, {size, env});
    return onProgram(
      attached,
      attached.until(([first]) => first?.startsWith('ready') ?? false),
    );
  },
  async podman(home) {
    const {id} = await home.session('podman-attach', command, size);
    const attached = openScreenProgram('podman', ['attach', `trails-${id}`], {size, env: home.env});
    // It shows nothing of what was printed before it came: a key tells that it is there.
    const ready = attached.until(([first]) => first?.includes(key) ?? false);
    const asking = setInterval(() => attached.write(key), 200);
    await ready.finally(() => clearInterval(asking));
    await rest(500);
    return onProgram(attached, ready);
  },
};

const allowed = {p50: 0.6, p95: 2} as const;
const allowedForDaemon = 0.1;

export const keyEcho: Bench = {
  name: 'key-echo',
  title: 'a key through attach to `cat` on a raw terminal in a container, and its echo back',
  notes: [
    `${rounds} keys by turns, ${gapMs} ms apart, a container for each way; beside: podman attach in a PTY`,
    'the targets are differences: p50 and p95 of ours less those of podman attach',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const local = await openLocalPodman();
    const samples: Record<string, number[]> = {};
    const echoes: [string, Echo][] = [];
    try {
      say('starting four containers');
      for (const [way, open] of Object.entries(ways)) echoes.push([way, await open(home, local)]);
      for (let round = -20; round < rounds; round++) {
        if (round % 20 === 0) say(`key ${Math.max(0, round)} of ${rounds}`);
        for (const [way, echo] of echoes) {
          await rest(gapMs);
          const took = await echo.press();
          if (round >= 0) samples[way] = [...(samples[way] ?? []), took];
        }
      }
    } finally {
      await Promise.all(echoes.map(([, echo]) => echo.close()));
      await local.end();
      await home.end();
    }
    const of = (way: string) => summaryOf(samples[way] ?? []);
    const beside = {name: 'podman attach', summary: of('podman')};
    const over = (way: string) => ({
      text: `≤ beside + ${allowed.p50} ms, p95 ≤ + ${allowed.p95} ms`,
      met: of(way).p50 <= beside.summary.p50 + allowed.p50 && of(way).p95 <= beside.summary.p95 + allowed.p95,
    });
    const added = of('daemon').p50 - of('local').p50;
    return [
      {what: 'attachment in this process', unit: 'ms', ours: of('local'), beside, target: over('local')},
      {
        what: 'attachment to the daemon',
        unit: 'ms',
        ours: of('daemon'),
        beside: {name: 'in this process', summary: of('local')},
        target: {text: `≤ beside + ${allowedForDaemon} ms (is + ${added.toFixed(2)})`, met: added <= allowedForDaemon},
      },
      {what: 'trails attach in a PTY', unit: 'ms', ours: of('trails'), beside, target: over('trails')},
    ];
  },
};
