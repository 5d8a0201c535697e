import {AppError} from '../errors.ts';
import type {Step} from '../lib/checkup/step.ts';
import {type Asker, needAnswer, openAsker} from './ask.ts';
import {cleanLine} from './clean.ts';
import {collect} from './collect.ts';
import type {Context} from './context.ts';
import type {Group} from './group.ts';

export interface SetupChoice {
  /** Do what is needed without asking. */
  readonly yes: boolean;
  /** Offer what is not needed as well. */
  readonly offers: boolean;
  /** Tell what would be done, and do nothing. */
  readonly dryRun?: boolean;
  /** Steps that are not needed, by name: this is the consent to them that `yes` alone is not. */
  readonly also?: readonly string[];
}

/** A step may bring another to light: an installed program needs settings. */
const mostRounds = 3;

function show({print}: Context, {name, title, why, detail, optional}: Step): void {
  print.note(`${cleanLine(title)}: ${cleanLine(why)}${optional ? ` (offered: ${name})` : ''}`);
  for (const line of detail.split('\n')) print.note(`   ${cleanLine(line)}`);
}

async function runStep({print}: Context, {title, run}: Step): Promise<void> {
  print.note(`› ${cleanLine(title)}`);
  await run(line => print.note(`  ${cleanLine(line)}`));
}

/** Throws USAGE for a step that is not offered. */
function checkNames(steps: readonly Step[], names: readonly string[]): void {
  const unknown = names.find(name => !steps.some(step => step.name === name));
  if (unknown === undefined) return;
  const offered = steps.map(({name}) => name);
  throw new AppError('USAGE', `"${cleanLine(unknown).slice(0, 40)}" is no step that set-up has to offer now`, {
    hint: offered.length > 0 ? `Now there are: ${offered.join(', ')}.` : 'There is nothing to do now.',
  });
}

type Outcome = 'done' | 'refused' | 'left';

/** One step, with its question. */
async function offer(context: Context, step: Step, {yes, also = []}: SetupChoice, asker: Asker): Promise<Outcome> {
  show(context, step);
  const consent = also.includes(step.name) || (yes && !step.optional);
  if (!consent && (yes || !context.stdin.isTTY)) {
    context.print.note(`   Not done by \`--yes\` alone: \`trails setup --yes --also ${step.name}\`.`);
    return 'left';
  }
  if (!consent && !(await asker.confirm('Do this?'))) return step.optional ? 'left' : 'refused';
  await runStep(context, step);
  return 'done';
}

/** Does what sessions need on this machine, one question each. False when a step that is needed was refused. */
export async function runSetup(context: Context, choice: SetupChoice): Promise<boolean> {
  const {print} = context;
  const met = new Set<string>();
  let [done, refused] = [0, 0];
  const asker = openAsker(context);
  try {
    for (let round = 0; round < mostRounds; round += 1) {
      const planned = await context.setup.plan();
      const steps = planned.filter(({name, optional}) => !met.has(name) && (choice.offers || !optional));
      if (round === 0) checkNames(steps, choice.also ?? []);
      if (round === 0 && steps.length === 0) print.note('There is nothing left that set-up could do.');
      if (choice.dryRun) {
        for (const step of steps) show(context, step);
        return true;
      }
      if (!choice.yes && steps.some(({optional}) => !optional)) needAnswer(context, 'trails setup', '--yes');
      const before = done;
      for (const step of steps) {
        met.add(step.name);
        const outcome = await offer(context, step, choice, asker);
        if (outcome === 'done') done += 1;
        if (outcome === 'refused') refused += 1;
      }
      if (done === before) break;
    }
  } finally {
    asker.close();
  }
  if (done > 0) print.note('Done. `trails doctor` looks once more, `trails` opens the dashboard.');
  return refused === 0;
}

export const addSetup: Group = (program, context) => {
  program
    .command('setup')
    .description('install and set what sessions need on this machine; asks before each step')
    .option('-y, --yes', 'do not ask')
    .option('--dry-run', 'say what would be done, and change nothing')
    .option('--also <step>', 'do this offered step too, which --yes alone leaves (repeatable)', collect)
    .action(async ({yes = false, dryRun = false, also = []}) => {
      if (await runSetup(context, {yes, offers: true, dryRun, also})) return;
      throw new AppError('CANCELLED', 'set-up was not finished: a step that is needed was not done', {
        hint: '`trails setup` goes on with it when you like; `trails doctor` says what is missing.',
      });
    });
};
