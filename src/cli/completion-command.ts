import {Argument} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import {cleanLine} from './clean.ts';
import {type Candidate, type Place, placeOf} from './completion.ts';
import {completionScripts, shells} from './completion-scripts.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';
import {shownStatus} from './session-text.ts';

/** What only the sessions know. A session that cannot be asked completes nothing: no error belongs into a half-typed line. */
async function dynamic(context: Context, wants: Place['wants']): Promise<readonly Candidate[]> {
  if (wants !== 'session' && wants !== 'agent') return [];
  try {
    return await withPort(context, async port =>
      wants === 'session'
        ? (await port.list()).map(one => ({value: one.name, meaning: `${shownStatus(one)}, ${one.agent}`}))
        : (await port.agents()).map(one => ({value: one.name, meaning: one.title})),
    );
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}

export const addCompletion: Group = (program, context) => {
  const {print} = context;
  program
    .command('completion')
    .description('print a completion script: `source <(trails completion bash)`')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .action(shell => print.out(completionScripts[shell]));
  program
    .command('__complete', {hidden: true})
    .description('what could stand in the place of the last word')
    .action(async () => {
      const {candidates, wants} = placeOf(program, context.rest ?? []);
      for (const {value, meaning} of [...candidates, ...(await dynamic(context, wants))]) {
        await print.line(meaning === '' ? cleanLine(value) : `${cleanLine(value)}\t${cleanLine(meaning)}`);
      }
    });
};
