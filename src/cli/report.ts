import {CommanderError} from 'commander';
import {AppError} from '../errors.ts';
import {cleanLine, cleanText} from './clean.ts';
import {type Context, Interrupted, ReaderGone} from './context.ts';

interface Reported {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
  /** Only of bugs. */
  readonly stack?: string;
}

/** What commander says in two lines, in the shape of ours. Undefined where it only showed help or the version. */
function usageError(error: CommanderError, group: string | undefined): AppError | undefined {
  if (error.exitCode === 0) return undefined;
  const [what = '', guess] = error.message.replace(/^error: /, '').split('\n');
  if (error.code === 'commander.help') {
    const shown = cleanLine(group ?? '').slice(0, 60);
    return new AppError('USAGE', `trails ${shown} needs a command`, {hint: `Run \`trails help ${shown}\`.`});
  }
  const meant = guess && /\(Did you mean (.*)\?\)/.exec(guess)?.[1];
  return new AppError('USAGE', what, meant ? {hint: `Did you mean ${meant}? See \`trails help\`.`} : {});
}

function reported(error: unknown): Reported {
  if (error instanceof AppError) {
    const {code, message, hint, exitCode} = error;
    return {code, message, hint, exitCode};
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'INTERNAL',
    message: `internal error: ${bug.message}`,
    hint: 'This is a bug in Trails: please report it with the lines above.',
    exitCode: 70,
    stack: bug.stack ?? '',
  };
}

/** Says what went wrong, once and in one shape, and returns the exit code. */
export async function report(context: Context, thrown: unknown, argv: readonly string[]): Promise<number> {
  const {print} = context;
  print.progress('');
  if (thrown instanceof Interrupted) return 130;
  if (thrown instanceof ReaderGone) return 0;
  const error = thrown instanceof CommanderError ? usageError(thrown, argv[0]) : thrown;
  if (error === undefined) return 0;
  const {code, message, hint, exitCode, stack} = reported(error);
  if (stack !== undefined) print.note(cleanText(stack));
  if (argv.includes('--json')) await print.json({error: {code, message: cleanLine(message), hint: cleanLine(hint)}});
  else {
    // Of a file that a person wrote every mistake is told, each on its line.
    const [first = '', ...more] = code === 'CONFIG_INVALID' ? message.split('\n') : [message];
    for (const [index, line] of [first, ...more].entries())
      print.note(`${index === 0 ? 'error: ' : '       '}${cleanLine(line)}`);
    print.note(`hint: ${cleanLine(hint)}`);
  }
  return exitCode;
}
