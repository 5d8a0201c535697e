import type {Phase, SetupView} from '../port.ts';
import type {SessionRecord} from '../record.ts';

const longestShown = 80;

/** A command may be a script of many lines: what of it goes into a line. */
export function shownCommand(command: string): string {
  const line = command.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > longestShown ? `${line.slice(0, longestShown - 1)}…` : line;
}

/** The step that is next, or under way. */
export const nextCommand = ({setup, setupDone}: SessionRecord): string | undefined => setup[setupDone];

export const setupLeft = (record: SessionRecord): boolean => nextCommand(record) !== undefined;

const unready: readonly Phase[] = ['creating', 'failed', 'lost'];

/** Should something run in it, it is a step and not the agent. */
export const awaitsSetup = (record: SessionRecord): boolean => setupLeft(record) && unready.includes(record.phase);

/** A step runs: from the moment it was started its row says which. */
export const inSetupStep = (record: SessionRecord): boolean =>
  record.phase === 'creating' && !record.removing && record.note !== '' && setupLeft(record);

/** What runs in it is its agent, not a step or a shell in its place. */
export const runsAgent = (record: SessionRecord): boolean => record.run !== 'shell' && !inSetupStep(record);

/** Something ran in it that cannot be had again by making it anew. */
export const setupBegun = (record: SessionRecord): boolean => record.setupDone > 0 || inSetupStep(record);

/** Names one run of its environment: another one has another name. */
export const runOf = (record: SessionRecord): string =>
  `${record.phaseSince} ${record.setupDone} ${inSetupStep(record)}`;

const about = (record: SessionRecord): string => shownCommand(nextCommand(record) ?? '');
const place = ({setup, setupDone}: SessionRecord): string => `setup step ${setupDone + 1} of ${setup.length}`;

export const progressText = (record: SessionRecord): string =>
  `setup ${record.setupDone + 1}/${record.setup.length}: ${about(record)}`;

export const failedText = (record: SessionRecord, exitCode: number | null): string =>
  `${place(record)} failed with code ${exitCode ?? '?'}: ${about(record)}`;

export const interruptedText = (record: SessionRecord): string => `interrupted at ${place(record)}: ${about(record)}`;

export const setupView = (record: SessionRecord): SetupView | null =>
  record.setup.length === 0 ? null : {commands: record.setup, done: record.setupDone, running: inSetupStep(record)};
