import {allows} from '../../sessions/lifecycle.ts';
import type {SessionView} from '../../sessions/port.ts';
import type {Focus} from '../focus.ts';

export const stoppable = (targets: readonly SessionView[]) => targets.filter(({phase}) => allows(phase, 'stopAsked'));
export const startable = (targets: readonly SessionView[]) => targets.filter(({phase}) => allows(phase, 'startAsked'));

const noSession = ({shown}: Focus): string =>
  shown === 0 ? 'There is no session here: n starts one' : 'No session is selected';

export const noneSelected = (focus: Focus): string | undefined => (focus.session ? undefined : noSession(focus));

export const notRunning = (focus: Focus): string | undefined => {
  const {session} = focus;
  if (!session) return noSession(focus);
  if (allows(session.phase, 'stopAsked')) return undefined;
  return `${session.name} is ${session.phase}${allows(session.phase, 'startAsked') ? ': x starts it' : ''}`;
};

export const neitherStopsNorStarts = ({targets, ...focus}: Focus): string | undefined => {
  const [target] = targets;
  if (!target) return noSession({targets, ...focus});
  if (stoppable(targets).length + startable(targets).length > 0) return undefined;
  if (targets.length > 1) return 'None of the marked sessions can be stopped or started now';
  return `${target.name} is ${target.phase}${target.phase === 'lost' ? ': d forgets it' : ''}`;
};

export const notToTearDown = (focus: Focus): string | undefined => {
  const [target] = focus.targets;
  if (!target) return noSession(focus);
  return focus.targets.every(({phase}) => phase === 'creating') ? `${target.name} is still being created` : undefined;
};

export const noneWaits = ({someWait}: Focus): string | undefined => (someWait ? undefined : 'No session waits for you');

export const creationUnderWay = ({creating}: Focus): string | undefined =>
  creating ? 'A session is being created: n shows it, ctrl-c leaves all the same' : undefined;
