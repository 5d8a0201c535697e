import path from 'node:path';
import type {Agents} from '../../agents/registry.ts';
import {AppError} from '../../errors.ts';
import {isInRepository} from '../../workspaces/making/source.ts';
import type {Context} from '../context.ts';
import type {CreateRequest, ProjectUse, ProjectView, TrustState} from '../port.ts';
import {networkFor, problemsOf} from '../request.ts';
import {type Project, projectIn} from './project-file.ts';
import {type ProjectFile, projectFileName, projectRoot, readProject} from './read-project.ts';
import {saysOf} from './says.ts';
import type {Trusted} from './trust-store.ts';
import {type Judged, judged, tightened} from './wishes.ts';

/** A request with everything said that it left out. */
export interface ResolvedRequest {
  readonly request: CreateRequest;
  /** With the defaults that are left when the project file has had its say. */
  readonly context: Context;
  readonly project: ProjectView | null;
}

export const howUsed = (project: ProjectView | null): ProjectUse | null =>
  project && (project.trust === 'trusted' ? 'trusted' : 'tightened');

type Said = Partial<Project>;

/** What the text said that was trusted; nothing of one that this version cannot read. */
function saidBefore(text: string): Said {
  try {
    return projectIn(text);
  } catch {
    return {};
  }
}

/** In the place of a file that was trusted and is there no more. */
const nothingIn = (repo: string): ProjectFile => ({
  ...{repo, file: path.join(repo, projectFileName), text: '', digest: '', project: {}},
});

function viewOf(found: ProjectFile, trust: TrustState, before: Said, {applied, refused}: Judged): ProjectView {
  const {repo, file, digest, project} = found;
  const says = saysOf(project);
  const said = trust === 'changed' || trust === 'gone' ? saysOf(before) : says;
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

function trustIn({digest}: ProjectFile, known: Trusted | undefined): TrustState {
  if (!known) return 'untrusted';
  if (known.digest === digest) return 'trusted';
  return digest === '' ? 'gone' : 'changed';
}

/** What is asked for, over what the project file of its directory says, over what is configured. Throws CONFIG_INVALID. */
export async function resolveRequest(context: Context, asked: CreateRequest): Promise<ResolvedRequest> {
  const {store, defaults} = context;
  const withAgent = (request: CreateRequest) => (request.agent === '' ? {...request, agent: defaults.agent} : request);
  const there = readProject(asked.repo);
  const root = there?.repo ?? projectRoot(asked.repo);
  const known = root === undefined ? undefined : store.trust.of(root);
  const found = there ?? (known && nothingIn(known.repo));
  if (!found) return {request: withAgent(asked), context, project: null};
  const trust = trustIn(found, known);
  const before = known ? saidBefore(known.text) : {};
  const named = asked.agent || (trust === 'trusted' ? found.project.agent : undefined) || defaults.agent;
  const agent = (await context.agents()).orShell(named);
  const standing = {
    ...{request: asked, defaults, agent},
    network: networkFor(asked, defaults, agent),
    workspace: asked.workspace ?? (isInRepository(found.repo) ? ('clone' as const) : ('copy' as const)),
  };
  const result =
    trust === 'trusted' ? judged(found.project, standing, true) : tightened(before, found.project, standing);
  return {
    request: withAgent(result.request),
    context: {...context, defaults: result.defaults},
    project: viewOf(found, trust, before, result),
  };
}
