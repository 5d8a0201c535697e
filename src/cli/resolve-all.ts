import type {SessionsPort, SessionView} from '../sessions/port.ts';

/** Each session once, however it was named; nothing is done to one before all of them are known. */
export async function resolveAll(port: SessionsPort, refs: readonly string[]): Promise<readonly SessionView[]> {
  const found = new Map<string, SessionView>();
  for (const ref of refs) {
    const session = await port.get(ref);
    found.set(session.id, session);
  }
  return [...found.values()];
}
