import type {Agents} from '../../agents/registry.ts';
import {AppError} from '../../errors.ts';
import {isInRepository} from '../../workspaces/making/source.ts';
import type {Context} from '../context.ts';
import type {CreateRequest, ProjectUse, ProjectView, TrustState} from '../port.ts';
import {networkFor, problemsOf} from '../request.ts';
import {projectIn} from './project-file.ts';
import {type ProjectFile, readProject} from './read-project.ts';
import {saysOf} from './says.ts';
import {type Judged, judged} from './wishes.ts';

/** A request with everything said that it left out. */
export interface ResolvedRequest {
  readonly request: CreateRequest;
  /** With the defaults that are left when the project file has had its say. */
  readonly context: Context;
  readonly project: ProjectView | null;
}

export const howUsed = (project: ProjectView | null): ProjectUse | null =>
  project && (project.trust === 'trusted' ? 'trusted' : 'tightened');

/** What the text said that was trusted; nothing of one that this version cannot read. */
function saidBefore(text: string): readonly string[] {
  try {
    return saysOf(projectIn(text));
  } catch {
    return [];
  }
}

function viewOf(found: ProjectFile, trust: TrustState, before: string, {applied, refused}: Judged): ProjectView {
  const {repo, file, digest, project} = found;
  const says = saysOf(project);
  const said = trust === 'changed' ? saidBefore(before) : says;
  return {
    ...{repo, file, trust, digest, says, applied, refused},
    added: says.filter(one => !said.includes(one)),
    removed: said.filter(one => !says.includes(one)),
  };
}

/** What is wrong with each field of a form, its project file being one of the directory's. */
export async function problemsWithProject(
  context: Context,
  agents: Agents,
  asked: CreateRequest,
): Promise<Partial<Record<keyof CreateRequest, string>>> {
  try {
    const resolved = await resolveRequest(context, asked);
    return problemsOf(resolved.context, agents, resolved.request);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'CONFIG_INVALID') throw error;
    const [first = ''] = error.message.split('\n');
    return {...problemsOf(context, agents, asked), repo: first};
  }
}

/** What is asked for, over what the project file of its directory says, over what is configured. Throws CONFIG_INVALID. */
export async function resolveRequest(context: Context, asked: CreateRequest): Promise<ResolvedRequest> {
  const {store, defaults} = context;
  const withAgent = (request: CreateRequest) => (request.agent === '' ? {...request, agent: defaults.agent} : request);
  const found = readProject(asked.repo);
  if (!found) return {request: withAgent(asked), context, project: null};
  const known = store.trust.of(found.repo);
  const trust = known?.digest === found.digest ? 'trusted' : known ? 'changed' : 'untrusted';
  const named = asked.agent || (trust === 'trusted' ? found.project.agent : undefined) || defaults.agent;
  const agent = (await context.agents()).orShell(named);
  const standing = {
    ...{request: asked, defaults, agent},
    network: networkFor(asked, defaults, agent),
    workspace: asked.workspace ?? (isInRepository(found.repo) ? ('clone' as const) : ('copy' as const)),
  };
  const result = judged(found.project, standing, trust === 'trusted');
  return {
    request: withAgent(result.request),
    context: {...context, defaults: result.defaults},
    project: viewOf(found, trust, known?.text ?? '', result),
  };
}
