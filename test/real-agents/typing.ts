import {pause} from '../../src/lib/clock.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';

export const size = {columns: 110, rows: 34};

/** Between two keys, as with hands: agents take what comes at once for a paste. */
const betweenMs = 300;

/** Keys of a person who attaches, types and detaches. */
export async function typeInto(port: SessionsPort, ref: string, keys: readonly string[]): Promise<void> {
  const attachment = await port.attach(ref, size);
  const drained = (async () => {
    for await (const _ of attachment.output);
  })();
  for (const key of keys) {
    await pause(betweenMs);
    attachment.write(Buffer.from(key));
  }
  await pause(betweenMs);
  attachment.detach();
  await drained;
}
