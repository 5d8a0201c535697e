import {run} from '../src/lib/exec.ts';
import type {EnvironmentId} from '../src/providers/provider.ts';
import {sandboxOf} from '../src/providers/sandbox/profile.ts';
import {homeLabel} from '../src/sessions/context.ts';
import type {Bench, Row} from './bench.ts';
import {limits, openPodmanHome, type PodmanHome, rawName} from './podman-home.ts';
import {program} from './program.ts';
import {podman, rawContainer} from './raw-podman.ts';
import {summaryOf} from './samples.ts';

const rounds = 15;
const size = {columns: 120, rows: 40};
const command = ['sleep', '1000'] as const;
const allowedMs = 40;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** The ways to a running agent. Each gives its time and takes back what it made, untimed. */
const ways: Readonly<Record<string, (home: PodmanHome) => Promise<number>>> = {
  async port(home) {
    const name = rawName();
    const took = await timed(() => home.session(name, command, size));
    await home.port.remove(name, {force: true});
    return took;
  },
  async provider({provider, paths, repo}) {
    const name = rawName();
    const spec = {
      ...{name, hostname: name, image: 'host', labels: homeLabel(paths), workspace: repo(name), mounts: [], limits},
      ...{stateDir: `${paths.state}/raw/${name}`, env: {}, network: 'none' as const, sandbox: sandboxOf('strict')},
    };
    let id: EnvironmentId | undefined;
    const took = await timed(async () => {
      id = await provider.createEnvironment(spec, () => {}, new AbortController().signal);
      await provider.spawnAgent(id, {argv: command}, size);
    });
    if (id !== undefined) await provider.destroyEnvironment(id);
    return took;
  },
  async raw(home) {
    const {runArguments} = await rawContainer(home, command);
    let id = '';
    const took = await timed(async () => {
      id = await podman(home, runArguments);
    });
    await home.provider.destroyEnvironment(id as EnvironmentId);
    return took;
  },
  async command(home) {
    const name = rawName();
    const where = ['--workspace', 'bind', '--repo', home.repo(name), '--image', 'host'];
    const args = [program, 'new', name, '--provider', 'podman', ...where, '--json'];
    const took = await timed(async () => {
      const {exitCode, stderr} = await run(process.execPath, [...args, '--', ...command], {env: home.env});
      if (exitCode !== 0) throw new Error(`trails new ended with ${exitCode}: ${stderr}`);
    });
    await home.port.remove(name, {force: true});
    return took;
  },
};

export const newSession: Bench = {
  name: 'new',
  title: 'from the wish to a running agent, on the host image',
  notes: [
    `${rounds} rounds by turns, after one that is not counted; size ${size.columns}×${size.rows}, removal untimed`,
    'beside: `podman run -dt` with the same image, mounts, id mapping, limits and log, to the end of the command',
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const samples: Record<string, number[]> = {};
    try {
      for (let round = -1; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        for (const [way, work] of Object.entries(ways)) {
          const took = await work(home);
          if (round >= 0) samples[way] = [...(samples[way] ?? []), took];
        }
      }
    } finally {
      await home.end();
    }
    const of = (way: string) => summaryOf(samples[way] ?? []);
    const beside = {name: 'podman run -dt', summary: of('raw')};
    const within = (way: string) => ({
      text: `≤ beside + ${allowedMs} ms`,
      met: of(way).p50 <= beside.summary.p50 + allowedMs,
    });
    const rows: readonly Row[] = [
      {what: 'service: create', unit: 'ms', ours: of('port'), beside, target: within('port')},
      {what: 'provider: createEnvironment + spawnAgent', unit: 'ms', ours: of('provider'), beside},
      {what: 'command: trails new', unit: 'ms', ours: of('command'), beside},
    ];
    return rows;
  },
};
