import {randomBytes} from 'node:crypto';
import type {Context} from '../context.ts';
import type {PromptRecord} from './prompt-store.ts';

/** Short enough to be written by a person who takes it back. */
function freeId(context: Context): string {
  const id = randomBytes(4).toString('hex');
  return context.store.prompts.byId(id) ? freeId(context) : id;
}

/** Enters a prompt behind those of the session. Throws STATE_UNUSABLE. */
export function enterPrompt(context: Context, session: string, text: string): PromptRecord {
  const now = context.clock.now();
  const record: PromptRecord = {
    ...{id: freeId(context), session, text, state: 'queued', detail: '', createdAt: now, since: now},
  };
  context.store.prompts.insert(record);
  context.changes.tell();
  return record;
}
