import {allows} from '../../sessions/lifecycle.ts';
import type {SessionView} from '../../sessions/port.ts';
import type {Focus} from '../focus.ts';

export const stoppable = (targets: readonly SessionView[]) => targets.filter(({phase}) => allows(phase, 'stopAsked'));
export const startable = (targets: readonly SessionView[]) => targets.filter(({phase}) => allows(phase, 'startAsked'));

const noSession = ({shown}: Focus): string =>
  shown === 0 ? 'There is no session here: n starts one' : 'No session is selected';

export const noneSelected = (focus: Focus): string | undefined => (focus.session ? undefined : noSession(focus));

/** What stands in the way, and the key that helps. */
const phaseProblem = ({name, phase}: SessionView): string => {
  if (phase === 'creating') return `${name} is still being created`;
  if (phase === 'lost') return `${name} is lost, its container is gone: d forgets it`;
  return `${name} is ${phase}${allows(phase, 'startAsked') ? ': x starts it' : ''}`;
};

export const notRunning = (focus: Focus): string | undefined => {
  const {session} = focus;
  if (!session) return noSession(focus);
  return allows(session.phase, 'stopAsked') ? undefined : phaseProblem(session);
};

export const neitherStopsNorStarts = (focus: Focus): string | undefined => {
  const {targets} = focus;
  const [target] = targets;
  if (!target) return noSession(focus);
  if (stoppable(targets).length + startable(targets).length > 0) return undefined;
  return targets.length > 1 ? 'None of the marked sessions can be stopped or started now' : phaseProblem(target);
};

export const notToTearDown = (focus: Focus): string | undefined => {
  const [target] = focus.targets;
  if (!target) return noSession(focus);
  return focus.targets.every(({phase}) => phase === 'creating') ? phaseProblem(target) : undefined;
};

export const noneWaits = ({someWait}: Focus): string | undefined => (someWait ? undefined : 'No session waits for you');

export const creationUnderWay = ({creating}: Focus): string | undefined =>
  creating ? 'A session is being created: n shows it, ctrl-c leaves all the same' : undefined;
