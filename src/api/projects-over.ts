import type {ProjectPort} from '../sessions/port.ts';
import type {Line} from './line.ts';
import {newSessionMessage} from './messages.ts';
import {momentOf} from './moment.ts';
import {projectView, trustedWords} from './project-message.ts';
import {set} from './set.ts';

/** Project files and their trust, over the line. */
export const projectsOver = (line: Line): ProjectPort => ({
  async resolve(request) {
    const session = newSessionMessage(request);
    const {agent, variables, project} = await line.call(({projects}) => projects.resolve({session}), true);
    return {agent, variables, project: project ? projectView(project) : null};
  },
  trust: async (directory, digest) =>
    projectView(set((await line.call(({projects}) => projects.trust({directory, digest}), true)).project, 'a project')),
  revokeTrust: async directory => (await line.call(({projects}) => projects.revokeTrust({directory}), false)).revoked,
  trusted: async () =>
    (await line.call(({projects}) => projects.listTrusted({}), true)).projects.map(({repo, trustTime, state}) => ({
      ...{repo, at: momentOf(trustTime), now: trustedWords.word(state, 'gone')},
    })),
});
