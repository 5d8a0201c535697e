import {AppError} from '../errors.ts';
import type {SessionsPort, SessionView} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import type {Context} from './context.ts';

/** Says that a session waits for room, and where it stands. */
export function tellQueued({print}: Context, {name, queued}: SessionView): void {
  if (queued === null) return;
  const shown = cleanLine(name);
  print.note(`${shown} waits for room: it is number ${queued} of those that do, and starts by itself.`);
}

/** Until a session that waits for room has started. Ctrl-C ends the waiting; the session stays where it is in the queue. */
export async function untilStarted(
  context: Context,
  port: SessionsPort,
  session: SessionView,
  signal: AbortSignal,
): Promise<SessionView> {
  if (session.queued === null) return session;
  tellQueued(context, session);
  context.print.note('ctrl-c leaves it waiting.');
  for await (const {whole, sessions, removed} of port.watch(signal)) {
    const now = sessions.find(({id}) => id === session.id);
    if (removed.includes(session.id) || (whole && !now))
      throw new AppError('SESSION_UNKNOWN', `${session.name} was removed while it waited`);
    if (!now || now.queued !== null || now.phase === 'creating') continue;
    if (now.phase === 'running') return now;
    throw new AppError('PHASE_FORBIDS', `${now.name} did not start: it is ${now.phase}${now.note && `, ${now.note}`}`);
  }
  signal.throwIfAborted();
  throw new AppError('DAEMON_LOST', `${session.name} is not watched any more`);
}
