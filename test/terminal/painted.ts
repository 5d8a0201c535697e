import {expect} from 'vitest';
import type {Size} from '../../src/lib/size.ts';
import {createEmulator} from '../../src/terminal/emulator.ts';
import {feed, referenceTerminal, stateOf} from './reference.ts';

export type Step = Uint8Array | string | Size;

const bytesOf = (text: Uint8Array | string) => (typeof text === 'string' ? Buffer.from(text) : text);

/** What an agent may do next; it shows saved cursors, tab stops, the main screen behind the alternate one, and wrapping. */
const afterwards = ['x', '\x1b8y', '\tz', '\n\n\nq', '\x1b[?1049lback', '\x1b8w\r\n'];

/**
 * The restore property: after these steps, the painted screen on a fresh plain xterm.js is the screen of a plain xterm.js that
 * saw every byte, and both go on alike.
 */
export async function expectPaintedAlike(first: Size, steps: readonly Step[]): Promise<void> {
  const emulator = createEmulator({size: first});
  const original = referenceTerminal(first);
  let size = first;
  for (const step of steps) {
    if (typeof step === 'object' && 'columns' in step) {
      size = step;
      emulator.resize(step);
      original.resize(step.columns, step.rows);
    } else {
      emulator.write(bytesOf(step));
      await feed(original, step);
    }
  }
  await emulator.settled();
  const painted = emulator.paint();

  const viewer = referenceTerminal(size);
  await feed(viewer, painted);
  expect(stateOf(viewer)).toEqual(stateOf(original));

  const again = createEmulator({size});
  again.write(Buffer.from(painted));
  await again.settled();
  expect(again.paint()).toBe(painted);

  for (const next of afterwards) {
    await feed(original, next);
    await feed(viewer, next);
    expect(stateOf(viewer), `after ${JSON.stringify(next)}`).toEqual(stateOf(original));
  }
  for (const one of [emulator, again, original, viewer]) one.dispose();
}
