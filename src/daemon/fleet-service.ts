import type {ServiceImpl} from '@connectrpc/connect';
import {sleepWords} from '../api/enums.ts';
import type {FleetService} from '../api/gen/trails/v1/fleet_service_pb.js';
import {sizeOf} from '../api/messages.ts';
import {sessionMessage} from '../api/session-message.ts';
import type {Handlers} from './handlers.ts';

/** The fleet as the wire has it. */
export const fleetService = ({call}: Handlers): ServiceImpl<typeof FleetService> => ({
  hibernate: call(async (port, {session, way}) => ({
    session: sessionMessage(await port.hibernate(session, sleepWords.word(way, undefined))),
  })),
  wake: call(async (port, {session, size}) => ({session: sessionMessage(await port.wake(session, sizeOf(size)))})),
});
