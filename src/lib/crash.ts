import type {Fields, Log} from './log.ts';

/** A bug in the middle of things: the terminal is given back first, then the stack is shown, and kept in the log. Exit code 70. */
export function endAtCrash(log: () => Log, fields: Fields): void {
  process.once('uncaughtException', (error: Error) => {
    process.once('exit', () => process.stderr.write(`internal error: ${error.stack ?? error.message}\n`));
    log().error('internal error', {...fields, stack: error.stack});
    void log()
      .flush()
      .finally(() => process.exit(70));
  });
}
