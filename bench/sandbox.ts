import type {Bench, Row} from './bench.ts';
import {openPodmanHome, type PodmanHome, rawName} from './podman-home.ts';
import {plainArguments, podman, rawContainer} from './raw-podman.ts';
import {summaryOf} from './samples.ts';

const rounds = 15;
const starts = 10;
const size = {columns: 120, rows: 40};
const allowedMs = 20;

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

/** A container that does nothing, from the command to its end: as a session is held, and as Podman runs one by itself. */
const runs: Readonly<Record<string, (home: PodmanHome) => Promise<number>>> = {
  async strict(home) {
    const {strictArguments} = await rawContainer(home, ['true']);
    return timed(() => podman(home, ['run', '--rm', ...strictArguments]));
  },
  plain: home => timed(() => podman(home, ['run', '--rm', ...plainArguments(), 'true'])),
  alone: home => timed(() => podman(home, ['run', '--rm', '--network', 'none', ...plainArguments(), 'true'])),
};

/** A session made, and the same one started again after a stop. */
async function session(home: PodmanHome): Promise<{readonly made: number; readonly again: number}> {
  const name = rawName();
  const made = await timed(() => home.session(name, ['sleep', '1000'], size));
  await home.port.stop(name);
  const again = await timed(() => home.port.start(name, size));
  await home.port.remove(name, {force: true});
  return {made, again};
}

export const sandbox: Bench = {
  name: 'sandbox',
  title: 'what the strict sandbox costs',
  notes: [
    `\`podman run --rm … true\`, ${rounds} rounds by turns after one that is not counted: with everything a session is held by, and without`,
    'both with the host image and its mounts; beside the strict one, which has no network, one with Podman’s own network and one with none',
    `sessions in strict sandboxes: ${starts} made, stopped and started again`,
  ],
  async measure(say) {
    const home = await openPodmanHome();
    const samples: Record<string, number[]> = {};
    const add = (what: string, took: number) => {
      samples[what] = [...(samples[what] ?? []), took];
    };
    try {
      for (let round = -1; round < rounds; round++) {
        say(`round ${round + 1} of ${rounds}`);
        for (const [what, work] of Object.entries(runs)) {
          const took = await work(home);
          if (round >= 0) add(what, took);
        }
      }
      for (let count = 0; count < starts; count++) {
        say(`session ${count + 1} of ${starts}`);
        for (const [what, took] of Object.entries(await session(home))) add(what, took);
      }
    } finally {
      await home.end();
    }
    const of = (what: string) => summaryOf(samples[what] ?? []);
    const against = (what: string, name: string): Row => ({
      what: `strict: podman run, beside ${name}`,
      unit: 'ms',
      ours: of('strict'),
      beside: {name, summary: of(what)},
      target: {text: `≤ beside + ${allowedMs} ms`, met: of('strict').p50 <= of(what).p50 + allowedMs},
    });
    const within = (what: string, words: string, mostMs: number): Row => ({
      ...{what: words, unit: 'ms', ours: of(what)},
      target: {text: `p95 ≤ ${mostMs} ms`, met: of(what).p95 <= mostMs},
    });
    return [
      against('plain', 'plain podman run'),
      against('alone', 'plain, no network'),
      within('made', 'a new session, its image there', 2000),
      within('again', 'start of a stopped session', 1500),
    ];
  },
};
