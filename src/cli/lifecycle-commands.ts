import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, terminalSize, withPort} from './context.ts';
import type {Group} from './group.ts';
import {sessionJson} from './session-json.ts';

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

export const addStart = operation({
  name: 'start',
  description: 'start a stopped session again',
  run: (port, ref, context) => port.start(ref, terminalSize(context)),
});

export const addRestart = operation({
  name: 'restart',
  description: 'stop a session and start it again',
  run: (port, ref, context) => port.restart(ref, terminalSize(context)),
});
