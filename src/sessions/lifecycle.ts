import type {Phase} from './port.ts';

export type Move =
  | 'created'
  | 'createFailed'
  | 'stopAsked'
  | 'exited'
  | 'startAsked'
  | 'revivalAsked'
  | 'started'
  | 'broke'
  | 'vanished'
  | 'found';

/** Late and repeated reports are ordinary: a move that is not in the row changes nothing. */
const moves: Record<Phase, Partial<Record<Move, Phase>>> = {
  creating: {
    created: 'running',
    started: 'running',
    createFailed: 'failed',
    broke: 'failed',
    exited: 'stopped',
    vanished: 'lost',
  },
  running: {stopAsked: 'stopping', exited: 'stopped', vanished: 'lost', broke: 'failed'},
  stopping: {exited: 'stopped', vanished: 'lost', broke: 'failed', found: 'running'},
  stopped: {startAsked: 'creating', vanished: 'lost', started: 'running'},
  failed: {startAsked: 'creating', vanished: 'lost', started: 'running'},
  lost: {found: 'running', exited: 'stopped', revivalAsked: 'creating'},
};

/** It runs, or is on the way to or from it. */
export const isLive = (phase: Phase): boolean => phase === 'creating' || phase === 'running' || phase === 'stopping';

/** One that waits for room to start keeps its place as long as it has not started. */
export const keepsPlace = (phase: Phase): boolean => phase === 'creating' || phase === 'stopped';

/** A bind directory belongs to one such session at a time. */
export const holdsWorkspace = isLive;

/** May this be asked of a session in this phase? Keymap, command line and service ask here alike. */
export const allows = (phase: Phase, move: Move): boolean => moves[phase][move] !== undefined;

/** The phase after a move; the same phase when the move says nothing new. */
export const advance = (phase: Phase, move: Move): Phase => moves[phase][move] ?? phase;
