import type {Mode} from './agent.ts';

/** What a mode lets an agent do, for a person who chooses one or looks at a session. */
export const modeWords: Readonly<Record<Mode, string>> = {
  ask: 'asks before it changes or runs anything',
  edits: 'changes files without asking, asks for the rest',
  all: 'asks for nothing; the sandbox is the limit',
};
