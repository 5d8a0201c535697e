import {AppError} from '../../errors.ts';
import {agentInfo} from '../agent-info.ts';
import {audited, type Context} from '../context.ts';
import type {CreateRequest, ProjectPort, ProjectView, TrustedProject} from '../port.ts';
import {projectRoot, readProject} from './read-project.ts';
import {resolveRequest} from './resolve.ts';
import type {Trusted} from './trust-store.ts';

const about = (repo: string): CreateRequest => ({
  agent: '',
  args: [],
  repo,
  env: {},
  limits: {},
  size: {columns: 80, rows: 24},
});

function nowOf({repo, digest}: Trusted): TrustedProject['now'] {
  try {
    const found = readProject(repo);
    if (!found || found.repo !== repo) return 'gone';
    return found.digest === digest ? 'trusted' : 'changed';
  } catch {
    return 'gone';
  }
}

/** No session's: a row of the audit log that is about a repository. */
const ofRepository = (repo: string) => ({id: '', name: repo});

/** `configured`: the context with what is configured now. */
export function projectCalls(configured: () => Promise<Context>): ProjectPort {
  const viewed = async (directory: string): Promise<ProjectView> => {
    const {project} = await resolveRequest(await configured(), about(directory));
    if (project && project.trust !== 'gone') return project;
    throw new AppError('PROJECT_MISSING', `${directory} has no .trails.yaml, nor has its repository`, {
      ...(project ? {hint: 'The one that was trusted is gone: `trails trust --revoke` forgets it.'} : {}),
    });
  };
  return {
    async resolve(asked) {
      const {request, project, context} = await resolveRequest(await configured(), asked);
      const agent = (await context.agents()).named(request.agent);
      const trusted = project?.trust === 'trusted' ? (readProject(asked.repo)?.project.env ?? []) : [];
      const variables = new Set([...agentInfo(agent).variables, ...trusted]);
      return {agent: agent.name, variables: [...variables], project};
    },
    async trust(directory, digest) {
      const context = await configured();
      const view = await viewed(directory);
      const found = readProject(directory);
      if (!found || found.digest !== digest)
        throw new AppError('PROJECT_CHANGED', `${view.file} is not what was shown`);
      const {repo, text} = found;
      await audited(context, ofRepository(repo), 'trust', view.says.join('; '), async () =>
        context.store.trust.put({repo, digest, text, at: context.clock.now()}),
      );
      context.changes.tell();
      return viewed(directory);
    },
    async revokeTrust(directory) {
      const context = await configured();
      const repo = projectRoot(directory) ?? directory;
      if (!context.store.trust.of(repo)) return false;
      await audited(context, ofRepository(repo), 'revoke trust', '', async () => void context.store.trust.drop(repo));
      return true;
    },
    async trusted() {
      const {store} = await configured();
      return store.trust.all().map(one => ({repo: one.repo, at: one.at, now: nowOf(one)}));
    },
  };
}
