import {withPort} from './context.ts';
import type {Group} from './group.ts';
import {sessionDetailJson, sessionJson} from './session-json.ts';
import {inOrder, sessionFacts, sessionsTable} from './session-text.ts';

export const addList: Group = (program, context) => {
  const {print, clock} = context;
  program
    .command('ls')
    .alias('list')
    .description('list the sessions, those who wait for you first')
    .option('--json', 'print them as JSON')
    .action(async ({json}) => {
      const sessions = await withPort(context, port => port.list());
      if (json) await print.json(inOrder(sessions).map(sessionJson));
      else if (sessions.length === 0)
        print.note('No sessions yet. `trails new` starts one here; `trails` opens the dashboard.');
      else for (const line of sessionsTable(sessions, clock.now(), print.paint)) await print.line(line);
    });
};

export const addShow: Group = (program, context) => {
  const {print, clock} = context;
  program
    .command('show')
    .description('say everything about a session, with the reason for its status')
    .argument('<name>', 'name, id, or the beginning of either')
    .option('--json', 'print it as JSON')
    .action(async (name, {json}) => {
      const {session, ...asked} = await withPort(context, async port => {
        const session = await port.get(name);
        if (json) return {session};
        const {id, network, limits, phase} = session;
        const bounded = limits.diskBytes !== undefined && phase === 'running';
        const stats = bounded ? (await port.stats()).find(one => one.id === id) : undefined;
        return {session, stats, network: network === 'allowlist' ? await port.network(id) : undefined};
      });
      if (json) await print.json(sessionDetailJson(session));
      else for (const line of sessionFacts(session, asked, clock.now(), print.paint)) await print.line(line);
    });
};
