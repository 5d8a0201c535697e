import {cleanLine} from './clean.ts';
import type {Context, DaemonStatus} from './context.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';
import {age} from './units.ts';

const unreachable = 69;

function facts({print, clock}: Context, status: DaemonStatus): readonly string[] {
  const rows: readonly (readonly [string, string])[] = [
    ['version', status.version],
    ['pid', String(status.pid)],
    ['since', `${new Date(status.since).toISOString()} (${age(clock.now() - status.since)})`],
    ['sessions', `${status.sessions}, ${status.liveSessions} live`],
    ['clients', String(status.clients)],
    ['socket', status.socket],
    ['log', status.log],
  ];
  return table(rows.map(([label, text]) => [print.paint('dim', label), cleanLine(text)]));
}

const asJson = ({version, pid, since, sessions, liveSessions, clients, socket, log}: DaemonStatus) => ({
  ...{running: true, version, pid, since: new Date(since).toISOString()},
  ...{sessions, liveSessions, clients, socket, log},
});

export const addDaemon: Group = (program, context) => {
  const {print} = context;
  const daemon = program
    .command('daemon')
    .description('the process in the background that holds the sessions; every command starts it when it is needed');
  daemon
    .command('run')
    .description('be the daemon, in this terminal or under a supervisor')
    .action(async () => {
      context.exitCode = await context.daemon.run();
      if (context.exitCode === 75) print.note('Another daemon runs already: `trails daemon status`.');
    });
  // The daemon starts it.
  daemon
    .command('egress', {hidden: true})
    .description('be what lets the sessions out, while daemons come and go')
    .action(async () => {
      context.exitCode = await context.daemon.keep();
    });
  daemon
    .command('start')
    .description('start it in the background, unless it runs')
    .action(async () => {
      const {version, pid} = await context.daemon.start();
      print.note(`The daemon runs: version ${cleanLine(version)}, process ${pid}.`);
    });
  daemon
    .command('stop')
    .description('end it; sessions run on')
    .action(async () => {
      const stopped = await context.daemon.stop();
      print.note(
        stopped
          ? 'The daemon has ended. Sessions run on, and the next command starts it again.'
          : 'No daemon runs. The next command that needs one starts it.',
      );
    });
  daemon
    .command('status')
    .description('say whether it runs, since when and for how many; ends with 69 when it does not')
    .option('--json', 'print it as JSON')
    .action(async ({json}) => {
      const status = await context.daemon.status();
      if (json) await print.json(status ? asJson(status) : {running: false});
      else if (status) for (const line of facts(context, status)) await print.line(line);
      else print.note('No daemon runs. The next command that needs one starts it.');
      if (!status) context.exitCode = unreachable;
    });
};
