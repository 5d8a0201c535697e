import {commandLine} from '../../agents/launch/command-line.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Context} from '../context.ts';
import {located} from '../launch/launch.ts';
import type {SessionRecord} from '../record.ts';

/** A longer argument is refused by the system; the text is typed instead. */
const mostBytes = 100_000;

/** How such a prompt is known to be delivered. */
export const givenAtStart = 'given at its start';

/** So long an agent may take from its start until it shows that it works at its first prompt. */
export const startMs = 15_000;

/**
 * Runs the first start of an agent: with its first prompt on its command line where it takes one there. Otherwise the prompt waits in
 * the queue like any other.
 */
export async function withFirstPrompt(
  context: Context,
  record: SessionRecord,
  start: (record: SessionRecord) => Promise<unknown>,
): Promise<void> {
  const {store, clock, changes} = context;
  const {args, mode, program} = record;
  const agent = (await context.agents()).orShell(record.agent);
  const [prompt] = store.prompts.of(record.id);
  const itsOwn = agent.prompt && !(agent.args === 'replace' && args.length > 0);
  if (prompt?.state !== 'queued' || !itsOwn || Buffer.byteLength(prompt.text) > mostBytes) {
    await start(record);
    return;
  }
  const command = commandLine(located(agent, program), {
    ...{args, mode, how: 'again', conversation: '', prompt: prompt.text},
  });
  // Should we die in the middle, it is not given again.
  store.prompts.writeDown(prompt.id, {state: 'sending', since: clock.now()});
  faultPoint('prompt.sending');
  try {
    await start({...record, command});
  } catch (error) {
    store.prompts.update(prompt.id, {state: 'queued', since: clock.now()});
    throw error;
  }
  store.prompts.update(prompt.id, {state: 'delivered', detail: givenAtStart, since: clock.now()});
  clock.after(startMs, changes.tell);
}
