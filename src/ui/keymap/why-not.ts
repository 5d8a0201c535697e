import {allows} from '../../sessions/lifecycle.ts';
import type {SessionView} from '../../sessions/port.ts';
import type {Focus} from '../focus.ts';

export const stoppable = (targets: readonly SessionView[]) =>
  targets.filter(({phase, queued}) => queued !== null || allows(phase, 'stopAsked'));
/** A lost one begins again where a checkpoint of it is kept: the service knows, and says so. */
const starts = ({phase}: SessionView): boolean => allows(phase, 'startAsked') || allows(phase, 'revivalAsked');
export const startable = (targets: readonly SessionView[]) =>
  targets.filter(target => target.queued === null && starts(target));
export const runnable = (targets: readonly SessionView[]) =>
  targets.filter(target => allows(target.phase, 'stopAsked') || starts(target));
export const resumable = (targets: readonly SessionView[]) => runnable(targets).filter(({resumes}) => resumes);

export const sleepers = (targets: readonly SessionView[]) => targets.filter(({asleep}) => asleep !== '');
export const wakeful = (targets: readonly SessionView[]) =>
  targets.filter(({asleep, phase}) => asleep === '' && phase === 'running');

const noSession = ({shown}: Focus): string =>
  shown === 0 ? 'There is no session here: n starts one' : 'No session is selected';

export const noneSelected = (focus: Focus): string | undefined => (focus.session ? undefined : noSession(focus));

/** What stands in the way, and the key that helps. */
const phaseProblem = ({name, phase, queued}: SessionView): string => {
  if (queued !== null)
    return `${name} waits for room, at place ${queued}: it starts by itself, x takes it from the queue`;
  if (phase === 'creating') return `${name} is still being created`;
  if (phase === 'lost') return `${name} is lost: x starts it from its last checkpoint, if one is kept, d forgets it`;
  return `${name} is ${phase}${allows(phase, 'startAsked') ? ': x starts it' : ''}`;
};

export const notRunning = (focus: Focus): string | undefined => {
  const {session} = focus;
  if (!session) return noSession(focus);
  return allows(session.phase, 'stopAsked') || session.asleep !== '' ? undefined : phaseProblem(session);
};

/** In a session that has ended the shell takes the agent's place. */
export const noShell = (focus: Focus): string | undefined =>
  focus.session && allows(focus.session.phase, 'startAsked') ? undefined : notRunning(focus);

export const neitherStopsNorStarts = (focus: Focus): string | undefined => {
  const {targets} = focus;
  const [target] = targets;
  if (!target) return noSession(focus);
  if (runnable(targets).length > 0) return undefined;
  return targets.length > 1 ? 'None of the marked sessions can be stopped or started now' : phaseProblem(target);
};

export const neitherSleepsNorWakes = (focus: Focus): string | undefined => {
  const {targets} = focus;
  const [target] = targets;
  if (!target) return noSession(focus);
  if (wakeful(targets).length > 0 || sleepers(targets).length > 0) return undefined;
  return targets.length > 1 ? 'None of the marked sessions runs or sleeps' : phaseProblem(target);
};

export const nothingToResume = (focus: Focus): string | undefined => {
  const [target] = focus.targets;
  if (!target || runnable(focus.targets).length === 0) return neitherStopsNorStarts(focus);
  if (resumable(focus.targets).length > 0) return undefined;
  return focus.targets.length > 1
    ? 'None of the marked sessions has a conversation to go on with'
    : `${target.name}: its agent has no conversation to go on with; r restarts it`;
};

export const notToTearDown = (focus: Focus): string | undefined => {
  const [target] = focus.targets;
  if (!target) return noSession(focus);
  return focus.targets.every(({phase}) => phase === 'creating') ? phaseProblem(target) : undefined;
};

export const notToPrompt = (focus: Focus): string | undefined => {
  const [target] = focus.targets;
  if (!target) return noSession(focus);
  return focus.targets.every(({phase}) => phase === 'lost') ? phaseProblem(target) : undefined;
};

export const noneCalls = ({someCall}: Focus): string | undefined =>
  someCall ? undefined : 'No session waits for you, and none has news';

export const creationUnderWay = ({creating, place}: Focus): string | undefined =>
  creating
    ? `A session is being created: ${place === 'diff' ? '' : 'n shows it, '}ctrl-c leaves all the same`
    : undefined;

/** Whether there is anything to apply is known where somebody has counted; otherwise it is asked. */
export const notToApply = (focus: Focus): string | undefined => {
  const {session} = focus;
  if (!session) return noSession(focus);
  const {name, phase, workspace, changes} = session;
  if (phase === 'creating') return phaseProblem(session);
  if (workspace.mode === 'bind') return `${name} works in the directory itself: its changes are there already`;
  return changes?.files === 0 ? `${name} has changed nothing that is not applied` : undefined;
};

const inDiff =
  (ends: (diff: NonNullable<Focus['diff']>) => string | undefined) =>
  ({diff}: Focus): string | undefined => {
    if (!diff) return 'Its changes are still being looked at';
    return diff.files === 0 ? 'There are no changes that are not applied' : ends(diff);
  };

export const noHunkBelow = inDiff(({lastHunk}) => (lastHunk ? 'This is the last hunk' : undefined));
export const noHunkAbove = inDiff(({firstHunk}) => (firstHunk ? 'This is the first hunk' : undefined));
export const noFileBelow = inDiff(({lastFile}) => (lastFile ? 'This is the last file' : undefined));
export const noFileAbove = inDiff(({firstFile}) => (firstFile ? 'This is the first file' : undefined));

export const notToCarryOut = ({applyProblem}: Focus): string | undefined => applyProblem;

export const noConflicts = ({conflicts}: Focus): string | undefined =>
  conflicts ? undefined : 'No file was changed on both sides';
