import {type CliDeps, type Context, createContext, ReaderGone} from './context.ts';
import {openDashboard} from './dashboard-command.ts';
import {createProgram} from './program.ts';
import {report} from './report.ts';

/** The command line and the words behind `--`, which are never ours to read. */
function split(argv: readonly string[]): {
  readonly ours: readonly string[];
  readonly rest: readonly string[] | undefined;
} {
  const at = argv.indexOf('--');
  return at === -1 ? {ours: argv, rest: undefined} : {ours: argv.slice(0, at), rest: argv.slice(at + 1)};
}

/** A reader that leaves (`trails ls | head -1`) ends the command, not with an error. */
function watchReader(context: Context): () => void {
  const onError = (error: NodeJS.ErrnoException) =>
    context.stop.abort(error.code === 'EPIPE' ? new ReaderGone('the reader has gone') : error);
  context.stdout.on('error', onError);
  return () => context.stdout.off('error', onError);
}

/** Runs one command line, the words after `trails`. Never throws: resolves with the exit code. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const {ours, rest} = split(argv);
  const context = createContext(deps, rest);
  const unwatch = watchReader(context);
  try {
    const program = createProgram(context);
    const words = program.parseOptions([...ours]);
    const bare = words.operands.length === 0 && words.unknown.length === 0;
    if (bare && rest === undefined) await openDashboard(context, program.opts());
    else await program.parseAsync([...ours], {from: 'user'});
    return context.exitCode;
  } catch (error) {
    return await report(context, error, ours);
  } finally {
    unwatch();
  }
}
