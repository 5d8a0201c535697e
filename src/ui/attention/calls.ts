import {type SessionView, verdictWords} from '../../sessions/port.ts';
import {isUnseen} from '../models/look.ts';
import {waits} from '../models/order.ts';

/** What a session calls a person for. */
export type Call = 'waiting' | 'ended' | 'error';

const broken = ({phase, status}: SessionView): boolean =>
  phase === 'failed' || (phase === 'running' && status.status === 'error');

export const callOf = (session: SessionView): Call | undefined => {
  if (waits(session)) return 'waiting';
  if (broken(session)) return 'error';
  return isUnseen(session) ? 'ended' : undefined;
};

const counted: Readonly<Record<Call, (count: number) => string>> = {
  waiting: count => `${count} wait`,
  ended: count => `${count} ended`,
  error: count => `${count} in trouble`,
};

/** One line for all of them, in words of ours: the agents' own could be made to deceive. */
export function callText(sessions: readonly SessionView[]): string {
  const [first, ...others] = sessions;
  if (first && others.length === 0) {
    return `${first.name} ${first.phase === 'failed' ? 'failed' : verdictWords(first.status)}`;
  }
  const kinds = sessions.map(callOf);
  if (kinds.every(kind => kind === 'waiting')) return `${sessions.length} sessions wait`;
  const parts = (['waiting', 'error', 'ended'] as const)
    .map(kind => ({kind, count: kinds.filter(one => one === kind).length}))
    .filter(({count}) => count > 0);
  return `${sessions.length} sessions: ${parts.map(({kind, count}) => counted[kind](count)).join(', ')}`;
}
