import type {Program} from '../daemon/spawned.ts';

/** This very program with other words. A debugger's port is taken by the one who asks. */
export const programWith = (...words: readonly string[]): Program => ({
  file: process.execPath,
  args: [...process.execArgv.filter(arg => !arg.startsWith('--inspect')), process.argv[1] ?? '', ...words],
});
