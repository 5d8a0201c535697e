import {AppError} from '../errors.ts';
import type {Finding} from '../sessions/port.ts';
import {confirm, needAnswer} from './ask.ts';
import {cleanLine} from './clean.ts';
import {type Context, type SetupStep, withPort} from './context.ts';
import {findingLines} from './finding-text.ts';
import type {Group} from './group.ts';

/** An error a person can act on, as doctor would say it. */
async function orFinding(check: string, look: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [{check, state: 'missing', detail: error.message, fix: error.hint}];
  }
}

async function findingsOf(context: Context): Promise<readonly Finding[]> {
  const settings = await orFinding('config', async () => {
    await context.config.load();
    return [{check: 'config', state: 'ok', detail: context.config.path}];
  });
  const engine = await orFinding('engine', () => withPort(context, (port, signal) => port.doctor(signal)));
  return [...settings, ...engine];
}

export const addDoctor: Group = (program, context) => {
  program
    .command('doctor')
    .description('say what this machine has and what is missing, with the way to mend it')
    .option('--json', 'print the findings as JSON')
    .action(async ({json}) => {
      const findings = await findingsOf(context);
      if (json) await context.print.json(findings);
      else for (const line of findingLines(findings, context.print.paint)) await context.print.line(line);
      if (findings.some(({state}) => state === 'missing')) context.exitCode = 69;
    });
};

function showSteps({print}: Context, steps: readonly SetupStep[]): void {
  for (const [index, {title, why, detail}] of steps.entries()) {
    print.note(`${index + 1}. ${cleanLine(title)}: ${cleanLine(why)}`);
    print.note(`   ${cleanLine(detail)}`);
  }
}

async function runStep({print}: Context, {title, run}: SetupStep): Promise<void> {
  print.note(`› ${cleanLine(title)}`);
  await run(line => print.note(`  ${cleanLine(line)}`));
}

/** Shows every step that is needed, asks unless told not to, and runs them in order. False when the answer was no. */
export async function runSetup(context: Context, {yes}: {readonly yes: boolean}): Promise<boolean> {
  const steps = (await context.setup.plan()).filter(step => !step.optional);
  if (steps.length === 0) return true;
  showSteps(context, steps);
  if (!yes) {
    needAnswer(context, 'trails setup', '--yes');
    if (!(await confirm(context, 'Run these steps?'))) return false;
  }
  for (const step of steps) await runStep(context, step);
  context.print.note('Done. `trails doctor` looks once more, `trails` opens the dashboard.');
  return true;
}

/** What is convenient and no more, one question each. Resolves with how many there were to offer. */
async function offerOptional(context: Context, {yes}: {readonly yes: boolean}): Promise<number> {
  const {print, setup, stdin} = context;
  const steps = (await setup.plan()).filter(step => step.optional);
  for (const step of steps) {
    print.note(`Not needed, but offered: ${cleanLine(step.title)}: ${cleanLine(step.why)}`);
    print.note(`   ${cleanLine(step.detail)}`);
    if (yes || !stdin.isTTY) print.note('   `trails setup` in a terminal, without `--yes`, asks for it.');
    else if (await confirm(context, 'Do this too?')) await runStep(context, step);
  }
  return steps.length;
}

export const addSetup: Group = (program, context) => {
  program
    .command('setup')
    .description('install what sessions need on this machine; asks first')
    .option('-y, --yes', 'do not ask')
    .action(async ({yes = false}) => {
      const needed = (await context.setup.plan()).some(step => !step.optional);
      if (!(await runSetup(context, {yes}))) {
        throw new AppError('CANCELLED', 'set-up was not started', {hint: 'Nothing has changed.'});
      }
      const offered = await offerOptional(context, {yes});
      if (!needed && offered === 0) context.print.note('There is nothing left that set-up could do.');
    });
};
