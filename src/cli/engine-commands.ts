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
    await context.config.check();
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

interface SetupChoice {
  /** Do what is needed without asking. */
  readonly yes: boolean;
  /** Offer what is not needed as well. */
  readonly offers: boolean;
}

async function runStep({print}: Context, {title, run}: SetupStep): Promise<void> {
  print.note(`› ${cleanLine(title)}`);
  await run(line => print.note(`  ${cleanLine(line)}`));
}

/** Shows what is needed, asks unless told not to, and does it. False when the answer was no. */
async function doNeeded(context: Context, steps: readonly SetupStep[], yes: boolean): Promise<boolean> {
  const {print} = context;
  for (const [index, {title, why, detail}] of steps.entries()) {
    print.note(`${index + 1}. ${cleanLine(title)}: ${cleanLine(why)}`);
    print.note(`   ${cleanLine(detail)}`);
  }
  if (!yes) {
    needAnswer(context, 'trails setup', '--yes');
    if (!(await confirm(context, 'Run these steps?'))) return false;
  }
  for (const step of steps) await runStep(context, step);
  print.note('Done. `trails doctor` looks once more, `trails` opens the dashboard.');
  return true;
}

/** Nothing is done about it without a person who says yes to it alone. */
async function offer(context: Context, step: SetupStep, yes: boolean): Promise<void> {
  const {print, stdin} = context;
  print.note(`Not needed, but offered: ${cleanLine(step.title)}: ${cleanLine(step.why)}`);
  print.note(`   ${cleanLine(step.detail)}`);
  if (yes || !stdin.isTTY) print.note('   `trails setup` in a terminal, without `--yes`, asks for it.');
  else if (await confirm(context, 'Do this too?')) await runStep(context, step);
}

/** Does what sessions need on this machine. False when the answer was no. */
export async function runSetup(context: Context, {yes, offers}: SetupChoice): Promise<boolean> {
  const steps = await context.setup.plan();
  const needed = steps.filter(step => !step.optional);
  const offered = offers ? steps.filter(step => step.optional) : [];
  if (needed.length + offered.length === 0) context.print.note('There is nothing left that set-up could do.');
  if (needed.length > 0 && !(await doNeeded(context, needed, yes))) return false;
  for (const step of offered) await offer(context, step, yes);
  return true;
}

export const addSetup: Group = (program, context) => {
  program
    .command('setup')
    .description('install what sessions need on this machine; asks first')
    .option('-y, --yes', 'do not ask')
    .action(async ({yes = false}) => {
      if (await runSetup(context, {yes, offers: true})) return;
      throw new AppError('CANCELLED', 'set-up was not started', {hint: 'Nothing has changed.'});
    });
};
