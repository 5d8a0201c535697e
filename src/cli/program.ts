import {Command} from '@commander-js/extra-typings';
import {AppError} from '../errors.ts';
import {commandGroups, takesWords} from './commands.ts';
import type {Context} from './context.ts';

/** The whole command line as commander's own tree: help, completion and docs/cli.md are read from it. */
export function createProgram(context: Context) {
  const program = new Command('trails')
    .description('Mission control for several AI coding agents at once, each in its own container.')
    .usage('[options] [command]')
    .version(context.version, '-V, --version', 'print the version')
    .option('--provider <name>', 'where sessions run: auto, podman, docker, mock')
    .option('--dev', 'the mock provider in this process: no engine, no daemon')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .configureHelp({showGlobalOptions: true, sortSubcommands: false})
    .configureOutput({
      writeOut: text => context.stdout.write(text),
      // What commander says of an error is said once more by report, in our shape.
      writeErr: () => {},
    })
    .exitOverride()
    .addHelpText('after', '\nWithout a command the dashboard opens. `trails new` starts a session.');
  for (const add of commandGroups) add(program, context);
  program.hook('preAction', (_, command) => {
    const {provider = context.env.TRAILS_PROVIDER || undefined, dev} = program.opts();
    context.globals = {...(provider ? {provider} : {}), ...(dev ? {dev} : {})};
    if (context.rest !== undefined && !takesWords.includes(command.name())) {
      throw new AppError('USAGE', `trails ${command.name()} takes nothing behind --`);
    }
  });
  return program;
}
