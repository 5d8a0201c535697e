import type {Command} from '@commander-js/extra-typings';
import type {Context} from './context.ts';

/** Hangs a group of commands on the program. Building it does nothing: only an action works. */
export type Group = (
  program: Command<[], {provider?: string; dev?: true}, Record<string, unknown>>,
  context: Context,
) => void;
