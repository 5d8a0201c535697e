import {Option} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import type {ApplyPlan, ApplyRequest, ApplyResult} from '../sessions/port.ts';
import {confirm, needAnswer} from './ask.ts';
import {countLine, fileLines, reasonLines} from './change-text.ts';
import {cleanLine} from './clean.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';

const destination = ({branch, target}: ApplyPlan): string =>
  branch === null ? cleanLine(target) : `${cleanLine(branch)} in ${cleanLine(target)}`;

/** Without what is left out and, of files, what is left as the user has it. */
const written = ({files, conflicts, refused, how}: ApplyPlan, theirs: boolean): ApplyPlan['files'] => {
  const left = new Set([...refused, ...(how === 'files' && !theirs ? conflicts : [])].map(({path}) => path));
  return files.filter(({path}) => !left.has(path));
};

function sayPlan({print}: Context, plan: ApplyPlan, theirs: boolean): void {
  const {note, paint} = print;
  note(`${plan.how === 'merge' ? 'merges into' : 'writes to'} ${destination(plan)}:`);
  for (const {id, subject, author} of plan.commits)
    note(`  ${id.slice(0, 8)} ${cleanLine(subject)} (${cleanLine(author)})`);
  if (plan.how === 'merge' && plan.uncommitted)
    note(
      plan.commits.length > 0 ? '  and a commit of what is not committed' : '  what is not committed, as one commit',
    );
  const files = written(plan, theirs);
  for (const line of fileLines(files, paint)) note(`  ${line}`);
  note(`  ${countLine(files)}`);
  for (const line of reasonLines(plan.conflicts)) note(`  conflict: ${line}`);
  for (const line of reasonLines(plan.refused)) note(`  left out: ${line}`);
}

function sayResult({print}: Context, {conflicts, commit, ...plan}: ApplyResult, theirs: boolean): void {
  const left = plan.how === 'files' && !theirs ? conflicts.length : 0;
  print.note(`applied to ${destination({...plan, conflicts})}${commit === null ? '' : ` (${commit.slice(0, 8)})`}`);
  if (left > 0)
    print.note(
      `${left === 1 ? 'one file was left as you have it' : `${left} files were left as you have them`}: \`--theirs\` takes the session's`,
    );
}

const isEmpty = ({files, commits}: ApplyPlan): boolean => files.length === 0 && commits.length === 0;

export const addApply: Group = (program, context) => {
  const {print} = context;
  program
    .command('apply')
    .description("bring a session's work to where it came from; shows it and asks first")
    .argument('<name>', 'name, id, or the beginning of either')
    .option('-y, --yes', 'do not ask')
    .addOption(new Option('-n, --dry-run', 'only show it').conflicts('yes'))
    .option('-b, --branch <name>', 'to this branch instead of the one that is checked out')
    .addOption(new Option('--files', 'write the changed files, without commits').conflicts('branch'))
    .option('--theirs', "where both changed a file, take the session's")
    .option('--json', 'print what is applied as JSON')
    .action(async (ref, {yes = false, dryRun = false, branch, files = false, theirs = false, json = false}) => {
      if (!yes && !dryRun) needAnswer(context, 'trails apply', '--yes');
      const request: ApplyRequest = {
        theirs,
        ...(branch === undefined ? {} : {branch}),
        ...(files ? {how: 'files' as const} : {}),
      };
      await withPort(
        context,
        async (port, signal) => {
          const plan = await port.planApply(ref, request, signal);
          if (isEmpty(plan)) {
            for (const line of reasonLines(plan.refused)) print.note(`left out: ${line}`);
            print.note('nothing to apply');
            return json ? print.json({...plan, applied: false}) : undefined;
          }
          if (!json || !yes) sayPlan(context, plan, theirs);
          if (dryRun) return json ? print.json({...plan, applied: false}) : undefined;
          if (!yes && !(await confirm(context, 'Apply it?')))
            throw new AppError('CANCELLED', 'nothing was applied', {hint: 'Everything is as it was.'});
          const {version} = plan;
          const result = await port.apply(ref, {...request, version});
          sayResult(context, result, theirs);
          return json ? print.json({...result, applied: true}) : undefined;
        },
        {cleansUp: true},
      );
    });
};
