import type {Random} from './random.ts';

export type ProviderName = 'podman' | 'mock';

/** What runs in a session of the chaos, and how it tells that it took something in. */
export interface Agent {
  readonly provider: ProviderName;
  readonly args: readonly string[];
  /** A further process in its session, which ends soon. */
  readonly exec: readonly [string, ...string[]];
  /** What it prints on a line of its own for what was typed. */
  answer(token: string): string;
  /** Throws when the log is not what such an agent can have said. */
  checkLog(lines: readonly string[]): void;
}

/** Numbers its runs and, each second, a line; answers each line that is typed. A flood comes before its answer. */
const script = `
trap 'exit 143' TERM HUP
stty -echo
run=$(( $(cat run 2>/dev/null || echo 0) + 1 )); echo $run > run
echo "run $run"
(n=0; while :; do n=$((n+1)); echo "tick $run $n"; sleep 0.5; done) &
while read -r line; do
  case $line in flood*) for n in {1..300}; do echo "flood $n of $line"; done;; esac
  echo "got $line"
done`;

const podman: Agent = {
  provider: 'podman',
  args: ['bash', '-c', script],
  exec: ['sh', '-c', 'echo here; exit 3'],
  answer: token => `got ${token}`,
  checkLog(lines) {
    let [run, tick] = [0, 0];
    for (const line of lines) {
      const [, kind, ofRun, number] = /^(run|tick) (\d+)(?: (\d+))?$/.exec(line.trim()) ?? [];
      if (kind === 'run') {
        if (Number(ofRun) !== run + 1) throw new Error(`run ${ofRun} follows run ${run} in the log`);
        [run, tick] = [run + 1, 0];
      } else if (kind === 'tick') {
        if (Number(ofRun) !== run || Number(number) !== tick + 1)
          throw new Error(`tick ${ofRun}/${number} follows tick ${run}/${tick} in the log`);
        tick += 1;
      }
    }
  },
};

/** The toy shell of the mock provider. */
const mock: Agent = {
  provider: 'mock',
  args: [],
  exec: ['sh', '-c', 'exit 3'],
  answer: token => `${token}: not found`,
  checkLog() {},
};

export const agents: Readonly<Record<ProviderName, Agent>> = {podman, mock};

/** Something to type that nobody has typed before. */
export function tokens(random: Random) {
  let next = 0;
  return (provider: ProviderName): string => {
    next += 1;
    return `${provider === 'podman' && random.chance(0.15) ? 'flood' : 'key'}${next}x`;
  };
}
