import {parseArgs} from 'node:util';
import {agents, type ProviderName} from './chaos/agents.ts';
import {runChaos} from './chaos/run.ts';
import {summaryOf} from './samples.ts';

const {values} = parseArgs({
  options: {
    seconds: {type: 'string', default: '600'},
    provider: {type: 'string', default: 'both'},
    seed: {type: 'string', default: String(Date.now() % 1_000_000)},
    verbose: {type: 'boolean', default: false},
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const known = Object.keys(agents) as ProviderName[];
const providers = known.filter(name => values.provider === 'both' || values.provider === name);

const say = (text: string) => process.stdout.write(`${text}\n`);
const shownLines = 120;

async function main(): Promise<number> {
  if (providers.length === 0 || !(seconds > 0) || !Number.isInteger(seed)) {
    process.stderr.write(
      'error: node bench/chaos.ts [--seconds N] [--provider podman|mock|both] [--seed N] [--verbose]\n',
    );
    return 64;
  }
  const what = `--seconds ${seconds} --provider ${values.provider} --seed ${seed}`;
  const report = await runChaos({seconds, providers, seed});
  const {history, violation, rests, repaints} = report;
  if (violation !== undefined || values.verbose) say(history.lines.slice(values.verbose ? 0 : -shownLines).join('\n'));
  say(`chaos ${what}`);
  say(
    `${report.sessions} sessions, ${report.acknowledged} acknowledged operations, ${report.deaths} deaths of the daemon`,
  );
  say(`${report.logLines} log lines compared; ${report.auditRows} audit rows at the end`);
  if (repaints.length > 0) {
    const {count, p50, p95, max} = summaryOf(repaints);
    say(
      `exact screen after the daemon's death: p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, max ${max.toFixed(0)} ms (${count})`,
    );
  }
  for (const [at, {pid, descriptors, memoryMb}] of rests.entries())
    if (at === 0 || at === Math.floor(rests.length / 2) || at === rests.length - 1)
      say(`daemon ${pid} at rest, round ${at + 1}: ${descriptors.length} open, ${memoryMb.toFixed(0)} MB`);
  if (violation === undefined) {
    say('every invariant held');
    return 0;
  }
  say(`violated: ${violation instanceof Error ? violation.stack : String(violation)}`);
  return 1;
}

process.exit(await main());
