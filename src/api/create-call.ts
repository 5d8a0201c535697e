import {ulid} from 'ulid';
import {AppError} from '../errors.ts';
import {orAborted} from '../lib/or-aborted.ts';
import type {CreateProgress, CreateRequest, SessionView} from '../sessions/port.ts';
import type {Line} from './line.ts';
import {newSessionMessage} from './messages.ts';
import {sessionView} from './session-message.ts';

/** Makes a session over the line. Cancelled it rejects once nothing is left. */
export async function createOver(
  line: Line,
  request: CreateRequest,
  onProgress: (progress: CreateProgress) => void,
  signal: AbortSignal,
): Promise<SessionView> {
  const key = ulid();
  const cancelled = () => new AppError('CANCELLED', 'Creating the session was cancelled');
  let asked = false;
  const made = line.call(async ({sessions}) => {
    if (signal.aborted) throw cancelled();
    asked = true;
    // The call itself goes on until nothing is left.
    const cancel = () => void sessions.cancelCreate({key}).catch(() => {});
    signal.addEventListener('abort', cancel, {once: true});
    try {
      for await (const {event} of sessions.create({key, session: newSessionMessage(request)})) {
        if (event.case === 'progress') {
          const {step, index, total, fraction} = event.value;
          onProgress({step, index, total, ...(fraction === undefined ? {} : {fraction})});
        }
        if (event.case !== 'session') continue;
        if (!signal.aborted) return sessionView(event.value);
        // It was quicker than the word.
        await sessions.remove({session: event.value.id, force: true});
        throw cancelled();
      }
      throw new Error('The daemon ended a creation without a session');
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }, false);
  return orAborted(made, signal).catch(error => {
    // While there is no daemon to ask, there is nothing to wait for.
    if (!signal.aborted) throw error;
    if (!asked) throw cancelled();
    return made;
  });
}
