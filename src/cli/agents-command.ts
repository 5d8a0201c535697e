import {AppError} from '../errors.ts';
import {sameImage} from '../lib/image-reference.ts';
import {onPath} from '../lib/on-path.ts';
import type {AgentInfo, SessionsPort} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, withPort} from './context.ts';
import {addExplain} from './explain-command.ts';
import type {Group} from './group.ts';
import {table} from './table.ts';

/** Where an agent would come from if a session began here and now. */
export type Found = {readonly where: 'image' | 'host'; readonly at: string} | null;

interface Surroundings {
  /** The configured image: `auto`, `host` or a reference. */
  readonly image: string;
  /** What the engine has; undefined while it does not answer. */
  readonly images: readonly string[] | undefined;
  readonly searchPath: string | undefined;
}

export function foundHere(agent: AgentInfo, {image, images, searchPath}: Surroundings): Found {
  const wanted = image === 'auto' ? agent.image : image;
  const there = images?.find(reference => sameImage(reference, wanted));
  if (there !== undefined) return {where: 'image', at: there};
  // The user's own image, for all agents or for this one: nothing takes its place.
  if (wanted !== 'host' && (image !== 'auto' || !agent.builds)) return null;
  const program = onPath(agent.command[0] ?? '', searchPath);
  return program === undefined ? null : {where: 'host', at: program};
}

/** How long an engine may take to tell its images: the rest of the answer needs none. */
const enginePatienceMs = 3000;

async function imagesOf(
  {clock}: Context,
  port: SessionsPort,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const patience = new AbortController();
  const cancel = clock.after(enginePatienceMs, () => patience.abort());
  try {
    const found = await port.images(AbortSignal.any([signal, patience.signal]));
    return found.map(({reference}) => reference);
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError || patience.signal.aborted)) throw error;
    return undefined;
  } finally {
    cancel();
  }
}

const agentJson = (agent: AgentInfo, found: Found) => ({
  name: agent.name,
  title: agent.title,
  command: agent.command,
  modes: agent.modes,
  resumes: agent.resumes,
  credentials: agent.credentials,
  image: agent.image,
  install: agent.install,
  from: agent.from,
  found,
});

const foundText = (found: Found): string =>
  found === null ? 'missing' : found.where === 'image' ? `image ${found.at}` : found.at;

const getIt = ({builds, image, install}: AgentInfo): string =>
  builds || image === 'host' ? install : `${image}: pulled at the first use`;

function agentsTable(agents: readonly AgentInfo[], found: readonly Found[]): readonly string[] {
  const rows = agents.map((agent, index) => {
    const here = found[index] ?? null;
    const cells = [
      `${agent.name}${agent.from === '' ? '' : '*'}`,
      agent.title,
      foundText(here),
      agent.modes.join(' ') || '-',
      here === null ? getIt(agent) : '',
    ];
    return cells.map(cleanLine);
  });
  return table([['NAME', 'AGENT', 'HERE', 'MODES', 'GET IT'], ...rows]);
}

export const addAgents: Group = (program, context) => {
  const {print, env, config} = context;
  const agents = program
    .command('agents')
    .description('list the agents a session can run, and where each would come from here')
    .option('--json', 'print them as JSON')
    .action(async ({json}) => {
      const {image} = await config.load();
      const {agents, images} = await withPort(context, async (port, signal) => ({
        agents: await port.agents(),
        images: await imagesOf(context, port, signal),
      }));
      const found = agents.map(agent => foundHere(agent, {image, images, searchPath: env.PATH}));
      if (json) {
        await print.json(agents.map((agent, index) => agentJson(agent, found[index] ?? null)));
        return;
      }
      for (const line of agentsTable(agents, found)) await print.line(line);
      const own = agents.filter(({from}) => from !== '');
      if (own.length > 0) print.note(`* ${own.map(({name, from}) => cleanLine(`${name}: ${from}`)).join(', ')}`);
      const missing = agents.find(({builds}, index) => builds && found[index] === null);
      if (missing) print.note(`Or build an image of it: \`trails images build ${cleanLine(missing.name)}\`.`);
      if (images === undefined) print.note('No engine tells its images: only this machine was looked at.');
    });
  addExplain(agents, context);
};
