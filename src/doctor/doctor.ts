import {AppError} from '../errors.ts';
import type {Finding} from '../lib/checkup/check.ts';
import {runChecks} from '../lib/checkup/run-checks.ts';
import type {Step} from '../lib/checkup/step.ts';
import {podmanChecks} from './checks/podman.ts';
import {machineTable} from './table.ts';
import type {DoctorView, MachineCheck} from './view.ts';

/** What this machine has and lacks, besides what its engines say. Never throws for what is missing. */
export const examine = (view: DoctorView, signal?: AbortSignal): Promise<readonly Finding[]> =>
  runChecks(machineTable, view, {signal});

/** What keeps containers from starting here; empty on a machine that is ready. */
export async function blocking(view: DoctorView): Promise<readonly Finding[]> {
  return (await runChecks(podmanChecks, view)).filter(({state}) => state === 'missing');
}

/** One that fails has its reason as its step: the others are planned all the same. */
async function stepOf({id, title, why, mend}: MachineCheck, view: DoctorView): Promise<Step | undefined> {
  try {
    return await mend?.(view);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return {
      ...{name: id, title: `${title}: by hand`, why, detail: `${error.message}. ${error.hint}`},
      async run() {
        throw error;
      },
    };
  }
}

/** What set-up would do about everything that is not fine, in the order of the table. */
export async function plan(view: DoctorView, table: readonly MachineCheck[] = machineTable): Promise<readonly Step[]> {
  const mendable = table.filter(({mend}) => mend !== undefined);
  const ill = new Set((await runChecks(mendable, view)).filter(({state}) => state !== 'ok').map(({check}) => check));
  const steps: Step[] = [];
  for (const check of mendable.filter(({id}) => ill.has(id))) {
    const step = await stepOf(check, view);
    if (step) steps.push(step);
  }
  return steps;
}

/** What the engines say, asked by who holds the sessions; where nobody does, or can, by this process. */
export async function enginesOr(
  ask: () => Promise<readonly Finding[]>,
  here: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const {code, message, hint} = error;
    // A finding of its own already.
    if (code === 'CONFIG_INVALID') return here();
    // Then there is a daemon, and it said so.
    if (!code.startsWith('DAEMON_')) return [engineSilent(message, hint)];
    const finding: Finding = {
      ...{check: 'daemon.starts', title: 'Start of the daemon', state: 'missing', detail: message},
      ...{why: 'it holds the sessions: nothing runs without it', fix: hint},
    };
    return [finding, ...(await here())];
  }
}

const engineSilent = (detail: string, fix: string): Finding => ({
  ...{check: 'engine', title: 'Engine', state: 'missing', detail},
  ...{why: 'every session runs in a container', fix},
});

/** What cannot be well while another check is not: then that one says it. */
const causes: Readonly<Record<string, string>> = {podman: 'podman.programs', 'daemon.starts': 'trails.config'};

/** What only Podman needs. */
const podmans = /^(podman|rootless|podman-machine)\./;

/**
 * The machine's findings with the engines' own. Where another engine works, what Podman lacks keeps nothing from starting; what
 * follows from something else is not told twice.
 */
export function together(machine: readonly Finding[], engines: readonly Finding[]): readonly Finding[] {
  const usable = engines.length > 0 && engines.every(({state}) => state !== 'missing');
  // One that does not answer has a single finding, which says so.
  const another = usable && !engines.some(({check}) => check.startsWith('podman.'));
  const soften = (finding: Finding): Finding =>
    another && finding.state === 'missing' && podmans.test(finding.check) ? {...finding, state: 'warning'} : finding;
  const isMissing = (name: string) => machine.some(({check, state}) => check === name && state === 'missing');
  const follows = ({check, state}: Finding) =>
    state !== 'ok' && Object.hasOwn(causes, check) && isMissing(causes[check] ?? '');
  return [...machine.map(soften), ...engines.filter(finding => !follows(finding))];
}
