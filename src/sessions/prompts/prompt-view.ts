import {cleanText} from '../../terminal/clean-text.ts';
import type {PromptView} from '../port.ts';
import type {PromptRecord} from './prompt-store.ts';
import {lengthOf} from './prompt-text.ts';

const shownCharacters = 80;
/** A megabyte is counted once. */
const lengths = new WeakMap<PromptRecord, number>();

/** As clients see it. `why` it still waits. */
export function promptView(record: PromptRecord, why: string): PromptView {
  const {id, text, state, detail, createdAt, since} = record;
  const length = lengths.get(record) ?? lengthOf(text);
  lengths.set(record, length);
  const told = state === 'queued' ? why : detail;
  return {id, text: cleanText(text, shownCharacters), length, state, detail: told, createdAt, since};
}
