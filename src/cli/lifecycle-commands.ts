import {Option} from '@commander-js/extra-typings';
import type {SessionsPort, SessionView, StartOptions} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {collect} from './collect.ts';
import {type Context, terminalSize, withPort} from './context.ts';
import {environment} from './environment.ts';
import type {Group} from './group.ts';
import {sessionJson} from './session-json.ts';
import {tellQueued} from './until-started.ts';

interface Operation {
  readonly name: string;
  readonly description: string;
  run(port: SessionsPort, ref: string, context: Context): Promise<SessionView>;
}

/** Commands that ask one thing of one session and print it as it is then. */
const operation =
  ({name, description, run}: Operation): Group =>
  (program, context) => {
    const {print} = context;
    program
      .command(name)
      .description(description)
      .argument('<name>', 'name, id, or the beginning of either')
      .option('--json', 'print the session as JSON')
      .action(async (ref, {json}) => {
        // Waited for after Ctrl-C: half a stop would leave the session between two phases.
        const session = await withPort(context, port => run(port, ref, context), {cleansUp: true});
        if (json) await print.json(sessionJson(session));
        else print.note(`${cleanLine(session.name)} is ${session.phase}`);
      });
  };

export const addStop = operation({
  name: 'stop',
  description: 'stop a session; its workspace and output stay',
  run: (port, ref) => port.stop(ref),
});

interface StartFlags {
  readonly resume?: true;
  readonly shell?: true;
  readonly env?: readonly string[];
}

/** What was asked of a start; nothing where nothing was. */
function startOptions({resume, shell, env}: StartFlags, variables: Context['env']): [] | [StartOptions] {
  const how = resume ? 'resume' : shell ? 'shell' : undefined;
  if (how === undefined && env === undefined) return [];
  return [{...(how ? {how} : {}), ...(env ? {env: environment(env, variables)} : {})}];
}

/** Where values are forgotten with the daemon, a start goes on without them: a person can give them again. */
function tellMissing({print}: Context, {name, missing}: SessionView, command: string): void {
  if (missing.length === 0) return;
  const names = missing.map(cleanLine);
  print.note(`${cleanLine(name)} had to do without ${names.join(', ')}: the values are not kept.`);
  print.note(`Give them again: trails ${command} ${cleanLine(name)}${names.map(one => ` --env ${one}`).join('')}`);
}

/** Commands that let an agent run again. */
const starting =
  (name: 'start' | 'restart', description: string): Group =>
  (program, context) => {
    const {print} = context;
    program
      .command(name)
      .description(description)
      .argument('<name>', 'name, id, or the beginning of either')
      .addOption(new Option('--resume', 'the agent goes on with its last conversation').conflicts('shell'))
      .option('--shell', 'a shell runs in the place of the agent')
      .option('-e, --env <name[=value]>', 'a variable; without a value, the one it has here (repeatable)', collect)
      .option('--json', 'print the session as JSON')
      .action(async (ref, {json, ...flags}) => {
        const options = startOptions(flags, context.env);
        const session = await withPort(context, port => port[name](ref, terminalSize(context), ...options), {
          cleansUp: true,
        });
        if (json) await print.json(sessionJson(session));
        else if (session.queued === null) print.note(`${cleanLine(session.name)} is ${session.phase}`);
        tellQueued(context, session);
        tellMissing(context, session, 'restart');
      });
  };

export const addStart = starting('start', 'start a stopped session again');
export const addRestart = starting('restart', 'stop a session and start it again');
