import {AppError} from '../errors.ts';
import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {confirm, needAnswer} from './ask.ts';
import {cleanLine} from './clean.ts';
import {type Context, withPort} from './context.ts';
import type {Group} from './group.ts';
import {resolveAll} from './resolve-all.ts';

async function sayWhatGoes({print}: Context, port: SessionsPort, session: SessionView): Promise<void> {
  const {work, saves, removes, keeps} = await port.teardown(session.id);
  print.note(`${cleanLine(session.name)}:`);
  for (const line of work) print.note(`  not applied: ${cleanLine(line)}`);
  for (const line of saves) print.note(`  kept: ${cleanLine(line)}`);
  for (const line of removes) print.note(`  goes:  ${cleanLine(line)}`);
  for (const line of keeps) print.note(`  stays: ${cleanLine(line)}`);
}

export const addRemove: Group = (program, context) => {
  const {print} = context;
  program
    .command('rm')
    .description('tear sessions down; says what goes and asks first')
    .argument('<name...>', 'names, ids, or the beginnings of them')
    .option('-f, --force', 'do not ask, even if the agent runs')
    .option('--json', 'print what was removed as JSON')
    .action(async (refs, {force = false, json}) => {
      if (!force) needAnswer(context, 'trails rm', '--force');
      const removed = await withPort(
        context,
        async (port, signal) => {
          const sessions = await resolveAll(port, refs);
          if (!force) {
            for (const session of sessions) await sayWhatGoes(context, port, session);
            const what = sessions.length === 1 ? `Remove ${sessions[0]?.name}?` : `Remove these ${sessions.length}?`;
            if (!(await confirm(context, what))) {
              throw new AppError('CANCELLED', 'nothing was removed', {hint: 'All sessions are as they were.'});
            }
          }
          for (const {id, name} of sessions) {
            signal.throwIfAborted();
            // Whoever said yes has read that the agent may still run.
            await port.remove(id, {force: true});
            print.note(`removed ${cleanLine(name)}`);
          }
          return sessions;
        },
        {cleansUp: true},
      );
      if (json) await print.json(removed.map(({id, name}) => ({id, name, removed: true})));
    });
};
