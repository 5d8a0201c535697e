import type {FleetPort, SessionView} from '../sessions/port.ts';
import {sleepWords} from './enums.ts';
import type {Session} from './gen/trails/v1/session_pb.js';
import type {Line} from './line.ts';
import {sizeMessage} from './messages.ts';
import {sessionView} from './session-message.ts';
import {set} from './set.ts';

const viewIn = ({session}: {readonly session?: Session | undefined}): SessionView =>
  sessionView(set(session, 'a session'));

/** What is asked of sleepers, over the line. */
export const fleetOver = (line: Line): FleetPort => ({
  hibernate: async (session, way) =>
    viewIn(
      await line.call(
        ({fleet}) => fleet.hibernate({session, ...(way === undefined ? {} : {way: sleepWords.wire(way)})}),
        false,
      ),
    ),
  wake: async (session, size) =>
    viewIn(await line.call(({fleet}) => fleet.wake({session, size: sizeMessage(size)}), false)),
});
