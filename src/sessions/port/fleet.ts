import type {Size} from '../../providers/provider.ts';
import type {SessionView} from './session.ts';

/** How an agent is put to sleep: its processes are frozen and keep their memory, or its container is stopped. */
export const sleepWays = ['pause', 'stop'] as const;
export type SleepWay = (typeof sleepWays)[number];

/** What may be asked of the fleet as a whole, and of its sleepers. */
export interface FleetPort {
  /**
   * Puts a running session to sleep; left out: the configured way, else a pause. It wakes at attach, shell, exec, start and a prompt.
   * Throws PHASE_FORBIDS, also while somebody is attached, and UNSUPPORTED where its engine cannot pause.
   */
  hibernate(ref: string, way?: SleepWay): Promise<SessionView>;
  /** One that was stopped goes on with its last conversation where its agent can. One that is awake is left alone. */
  wake(ref: string, size: Size): Promise<SessionView>;
}
