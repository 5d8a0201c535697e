import type {ServiceImpl} from '@connectrpc/connect';
import type {ProjectService} from '../api/gen/trails/v1/project_service_pb.js';
import {createRequest} from '../api/messages.ts';
import {projectMessage, trustedMessage} from '../api/project-message.ts';
import type {Handlers} from './handlers.ts';

/** Project files and their trust, as the wire has them. */
export const projectService = ({call}: Handlers): ServiceImpl<typeof ProjectService> => ({
  resolve: call(async (port, {session}) => {
    const {agent, variables, project} = await port.resolve(createRequest(session));
    return {agent, variables: [...variables], ...(project ? {project: projectMessage(project)} : {})};
  }),
  trust: call(async (port, {directory, digest}) => ({project: projectMessage(await port.trust(directory, digest))})),
  revokeTrust: call(async (port, {directory}) => ({revoked: await port.revokeTrust(directory)})),
  listTrusted: call(async port => ({projects: (await port.trusted()).map(trustedMessage)})),
});
