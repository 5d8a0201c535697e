import {AppError} from '../errors.ts';
import {usableSize} from '../lib/size.ts';
import type {Provider, Size} from '../providers/provider.ts';
import {appendJournal, readJournal} from '../terminal/journal.ts';
import {type Context, exchangeDirectory, journalFile} from './context.ts';
import {brokeringOf} from './launch/brokering.ts';
import {openOutlet} from './network/outlet.ts';
import type {SessionRecord} from './record.ts';
import {forgetHookLines} from './terminals/hook-lines.ts';

/** Starts the record's command, with the variables that are handed over, and records from where on its output is laid out for `size`. Resolves with that position. */
export async function spawn(
  context: Context,
  provider: Provider,
  record: SessionRecord,
  asked: Size,
  signal?: AbortSignal,
): Promise<number> {
  const {environment} = record;
  const size = usableSize(asked);
  if (!environment) throw new AppError('PHASE_FORBIDS', `${record.name} has no environment`);
  const agent = (await context.agents()).orShell(record.agent);
  const {given: secrets, ...keys} = brokeringOf(context.paths, agent, record, context.secrets.of(record.id));
  await openOutlet(context, record, keys);
  const journal = journalFile(context.paths, record.id);
  const first = readJournal(journal).length === 0;
  // The first run's output begins at 0: writing it down before the start leaves no moment in which its size is unknown.
  if (first) appendJournal(journal, {at: 0, ...size, spawn: true});
  forgetHookLines(exchangeDirectory(context.paths, record.id));
  const at = await provider.spawnAgent(environment, {argv: record.command, secrets}, size, signal);
  if (!first) appendJournal(journal, {at, ...size, spawn: true});
  return at;
}
