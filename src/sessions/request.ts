import os from 'node:os';
import {ulid} from 'ulid';
import type {Agent} from '../agents/agent.ts';
import {imageOf} from '../agents/image.ts';
import {commandLine} from '../agents/launch/command-line.ts';
import type {Agents} from '../agents/registry.ts';
import {AppError} from '../errors.ts';
import type {ImageNames} from '../lib/image-names.ts';
import {sameImage} from '../lib/image-reference.ts';
import {type Limits, type Network, networks, type Provider} from '../providers/provider.ts';
import {sandboxOf} from '../providers/sandbox/profile.ts';
import {overlap} from '../workspaces/making/bind.ts';
import {refuseForeignDisk} from '../workspaces/making/foreign-disk.ts';
import {isInRepository} from '../workspaces/making/source.ts';
import type {Context, Defaults} from './context.ts';
import {checkFitsAtAll} from './fleet/queue.ts';
import {checkHomeFree, checkHomeName} from './kept/homes.ts';
import {besideBroker, credentialsFor} from './launch/brokering.ts';
import {type Launch, launchFor, located} from './launch/launch.ts';
import {checkFits} from './launch/provider-fit.ts';
import {givenTo, modeOf} from './launch/variables.ts';
import {holdsWorkspace} from './lifecycle.ts';
import {checkName, suggestName} from './names.ts';
import {checkAllow, hostsGiven} from './network/hosts-given.ts';
import type {CreateRequest, ProjectUse} from './port.ts';
import {promptText} from './prompts/prompt-text.ts';
import type {SessionFacts, SessionRecord} from './record.ts';
import {checkCloneOptions, directoryFor, likelyMode, workspaceFacts} from './work/workspace.ts';

/** For who does not know yet which it will be. */
const anyProvider = {name: 'the provider', supports: {networks}} as const;

const smallestMemory = 16 * 1024 * 1024;

/** The limits of a request over the defaults. Throws LIMIT_INVALID for what makes no sense or what this machine does not have. */
export function limitsFor(
  asked: Partial<Limits>,
  {limits: defaults, fleet}: Pick<Defaults, 'limits' | 'fleet'>,
): Limits {
  const cores = os.availableParallelism();
  const memory = os.totalmem();
  const limits = {...defaults, ...asked};
  const refuse = (message: string) => new AppError('LIMIT_INVALID', message);
  if (!Number.isFinite(limits.memoryBytes) || limits.memoryBytes < smallestMemory)
    throw refuse('Memory must be at least 16m');
  if (asked.memoryBytes !== undefined && asked.memoryBytes > memory) {
    throw refuse(`This machine has ${Math.floor(memory / 2 ** 30)}g of memory, less than asked for`);
  }
  if (!Number.isFinite(limits.cpus) || limits.cpus < 0.01) throw refuse('CPUs must be more than 0');
  if (asked.cpus !== undefined && asked.cpus > cores)
    throw refuse(`This machine has ${cores} cores, ${asked.cpus} were asked for`);
  if (!Number.isInteger(limits.pids) || limits.pids < 8 || limits.pids > 4_194_304)
    throw refuse('Pids must be a whole number from 8 to 4194304');
  // Defaults are for the usual machine: a small one gives what it has.
  const given = {...limits, memoryBytes: Math.min(limits.memoryBytes, memory), cpus: Math.min(limits.cpus, cores)};
  checkFitsAtAll(given, fleet);
  return given;
}

/** Throws NAME_TAKEN. */
function checkUnused(records: readonly SessionRecord[], name: string): void {
  if (records.some(record => record.name === name))
    throw new AppError('NAME_TAKEN', `There is already a session "${name}"`);
}

/** Throws WORKSPACE_LOCKED when a session works directly in this directory, above or below it. */
export function checkFree(records: readonly SessionRecord[], directory: string, except?: string): void {
  const holder = records.find(
    ({id, phase, queuedAt, workspace}) =>
      id !== except &&
      // What is a session's own lies in our state, which may well be below a directory of the user's.
      workspace.mode === 'bind' &&
      (holdsWorkspace(phase) || queuedAt !== null) &&
      overlap(workspace.path, directory),
  );
  if (holder)
    throw new AppError(
      'WORKSPACE_LOCKED',
      `${directory} is in use by session "${holder.name}" (${holder.workspace.path})`,
    );
}

export const freeName = (context: Context): string =>
  suggestName(new Set(context.store.all().map(record => record.name)), Math.floor(context.clock.now() / 60_000));

/** `auto`: the one the user named for this agent, or ours when the engine has it, or this machine's tools. */
async function imageFor(
  provider: Provider,
  asked: string,
  agent: Agent,
  names: Partial<ImageNames> | undefined,
): Promise<string> {
  if (asked !== 'auto') return asked;
  if (agent.reference !== undefined) return agent.reference;
  const ours = imageOf(agent, names);
  // Its engine has it, gets it or makes it: there are no tools to fall back to.
  if (provider.supports.machine === 'brought') return ours;
  const images = (await provider.images?.list()) ?? [];
  return images.find(image => sameImage(image.reference, ours))?.reference ?? 'host';
}

/** Throws USAGE. */
export function checkEnv(env: CreateRequest['env']): void {
  for (const [key, value] of Object.entries(env)) {
    // The value is a credential more often than not: it is not repeated.
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && !value.includes('\0')) continue;
    throw new AppError('USAGE', `"${key.replace(/\p{Cc}/gu, '?').slice(0, 60)}" cannot be set as a variable`);
  }
}

/** Throws USAGE. */
function checkSetup(setup: CreateRequest['setup'] = []): void {
  if (setup.some(command => command.trim() === '')) throw new AppError('USAGE', 'A setup step needs a command');
  if (setup.some(command => command.includes('\0'))) throw new AppError('USAGE', 'A setup step cannot hold a NUL');
}

/** Throws USAGE, REPO_UNUSABLE. */
function checkWorkspace({paths, machine}: Context, request: CreateRequest): void {
  checkCloneOptions(likelyMode(request, request.repo), request);
  if (request.workspace === 'clone' && !isInRepository(directoryFor('clone', request.repo, paths)))
    throw new AppError('USAGE', `${request.repo} is no git repository: it can be copied, not cloned`);
  const bound = likelyMode(request, request.repo) === 'bind';
  refuseForeignDisk(bound ? request.repo : paths.state, machine.mounts?.() ?? '');
}

/** Throws PROMPT_INVALID. */
function checkPrompt(prompt: string | undefined): void {
  if (prompt !== undefined) promptText(prompt);
}

/** Throws IMAGE_MISSING. */
function checkImage(image: string | undefined): void {
  if (image === '') throw new AppError('IMAGE_MISSING', 'An image is needed; `host` uses the tools of this machine');
}

/**
 * What it may reach: as asked, as configured, or by what its agent needs, and then never more than that. Throws UNSUPPORTED where a
 * provider can hold it neither to a list nor off the network.
 */
export function networkFor(
  request: CreateRequest,
  defaults: Defaults,
  agent: Agent,
  {name, supports}: Pick<Provider, 'name'> & {readonly supports: Pick<Provider['supports'], 'networks'>} = anyProvider,
): Network {
  if (request.network !== undefined) return request.network;
  if ((request.allow ?? []).length > 0) return 'allowlist';
  if (defaults.network !== 'auto') return defaults.network;
  if (agent.hosts.length > 0 && supports.networks.includes('allowlist')) return 'allowlist';
  if (supports.networks.includes('none')) return 'none';
  throw new AppError(
    'UNSUPPORTED',
    `${name} cannot keep ${agent.name} off the network, nor hold it to a list of hosts`,
    {
      hint: '`--network open` lets it reach everything; `trails config set network open` does so for all.',
    },
  );
}

/** Everything about a new session, checked, and how its agent comes in. Throws what is wrong with the request; changes nothing. */
export async function factsFor(
  context: Context,
  request: CreateRequest,
  provider: Provider,
  project: ProjectUse | null,
): Promise<{readonly facts: SessionFacts; readonly launch: Launch}> {
  const {store, clock, defaults} = context;
  const name = checkName(request.name ?? freeName(context));
  const agent = (await context.agents()).named(request.agent);
  checkEnv({...request.here, ...request.env});
  const mode = modeOf(agent, request.mode, defaults.mode);
  checkSetup(request.setup);
  checkPrompt(request.prompt);
  checkImage(request.image);
  checkAllow(request);
  const network = networkFor(request, defaults, agent, provider);
  if (!provider.supports.networks.includes(network)) {
    throw new AppError('UNSUPPORTED', `${provider.name} has no network "${network}"`, {
      hint: `It has: ${provider.supports.networks.join(', ')}.`,
    });
  }
  const credentials = credentialsFor(agent, {asked: request.credentials, usual: defaults.credentials}, network);
  const limits = limitsFor(request.limits, defaults);
  const records = store.all();
  checkUnused(records, name);
  const id = ulid(clock.now()).toLowerCase();
  const workspace = await workspaceFacts(context, request, {id, name});
  checkFree(records, workspace.source);
  checkHomeName(request.home);
  checkHomeFree(records, {agent: agent.name, home: request.home ?? null});
  const image = await imageFor(provider, request.image ?? defaults.image, agent, context.caller.images);
  checkFits(provider, {mode: workspace.mode, image, home: request.home, agent});
  const launch = launchFor(context, provider, {agent, request, image, mode});
  const program = launch.installation?.program ?? null;
  const run = {args: request.args, mode, how: 'again', conversation: ''} as const;
  const facts: SessionFacts = {
    id,
    name,
    agent: agent.name,
    command: commandLine(located(agent, program), run),
    args: request.args,
    program,
    mode,
    variables: Object.keys(givenTo(agent, request)).sort(),
    provider: provider.name,
    image,
    workspace,
    limits,
    network,
    runtime: request.runtime ?? defaults.runtime.name,
    allow: network === 'allowlist' ? hostsGiven(request, credentials === 'broker' ? besideBroker(agent) : agent) : [],
    sandbox: sandboxOf(request.profile ?? defaults.profile, request.loosen),
    credentials,
    home: request.home ?? null,
    project,
    caches: defaults.caches,
    setup: request.setup ?? [],
    createdAt: clock.now(),
  };
  return {facts, launch};
}

const messageOf = (check: () => unknown): string | undefined => {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
};

/** What is wrong with each field of a form, without asking an engine. */
export function problemsOf(
  context: Context,
  agents: Agents,
  request: CreateRequest,
): Partial<Record<keyof CreateRequest, string>> {
  const {store, defaults, registry, paths} = context;
  const records = store.all();
  const {name, provider} = request;
  const found: Partial<Record<keyof CreateRequest, string | undefined>> = {
    name: name === undefined ? undefined : messageOf(() => checkUnused(records, checkName(name))),
    agent: messageOf(() => agents.named(request.agent)),
    repo: messageOf(() => checkFree(records, directoryFor(request.workspace, request.repo, paths))),
    workspace: messageOf(() => checkWorkspace(context, request)),
    env: messageOf(() => checkEnv(request.env)),
    setup: messageOf(() => checkSetup(request.setup)),
    mode: messageOf(() => request.mode && modeOf(agents.orShell(request.agent), request.mode, defaults.mode)),
    prompt: messageOf(() => checkPrompt(request.prompt)),
    limits: messageOf(() => limitsFor(request.limits, defaults)),
    provider:
      provider === undefined || provider === 'auto' || registry.known.includes(provider)
        ? undefined
        : `Known providers: auto, ${registry.known.join(', ')}`,
    image: messageOf(() => checkImage(request.image)),
    home: messageOf(() => checkHomeName(request.home)),
    allow: messageOf(() => checkAllow(request)),
  };
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text !== undefined));
}
