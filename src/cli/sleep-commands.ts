import {Option} from '@commander-js/extra-typings';
import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, terminalSize, withPort} from './context.ts';
import type {Group} from './group.ts';
import {resolveAll} from './resolve-all.ts';
import {sessionJson} from './session-json.ts';
import {tellQueued} from './until-started.ts';

const names = ['<name...>', 'names, ids, or the beginnings of them'] as const;

/** One after the other; all of them are known before anything is done to one. */
async function each(
  context: Context,
  refs: readonly string[],
  {json}: {readonly json?: true | undefined},
  work: (port: SessionsPort, id: string) => Promise<SessionView>,
): Promise<void> {
  const {print} = context;
  const done = await withPort(
    context,
    async (port, signal) => {
      const views: SessionView[] = [];
      for (const {id} of await resolveAll(port, refs)) {
        signal.throwIfAborted();
        const view = await work(port, id);
        views.push(view);
        if (view.queued === null)
          print.note(`${cleanLine(view.name)} is ${view.asleep === '' ? view.phase : `asleep (${view.asleep})`}`);
        tellQueued(context, view);
      }
      return views;
    },
    {cleansUp: true},
  );
  if (json) await print.json(done.map(sessionJson));
}

export const addHibernate: Group = (program, context) => {
  program
    .command('hibernate')
    .description('put sessions to sleep; they wake at attach, shell, exec, start and a prompt')
    .argument(...names)
    .addOption(new Option('--pause', 'freeze them: they keep their memory').conflicts('stop'))
    .option('--stop', 'stop them: they go on with their last conversation where their agent can')
    .option('--json', 'print the sessions as JSON')
    .action((refs, {pause, stop, json}) => {
      const way = stop ? 'stop' : pause ? 'pause' : undefined;
      return each(context, refs, {json}, (port, id) => port.hibernate(id, way));
    });
};

export const addWake: Group = (program, context) => {
  program
    .command('wake')
    .description('let sleeping sessions go on')
    .argument(...names)
    .option('--json', 'print the sessions as JSON')
    .action((refs, {json}) => each(context, refs, {json}, (port, id) => port.wake(id, terminalSize(context))));
};
