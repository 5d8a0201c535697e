import {rmSync} from 'node:fs';
import {AppError} from '../../errors.ts';
import type {Environment, Provider} from '../../providers/provider.ts';
import {audited, type Context, labels, sessionDirectory} from '../context.ts';
import {nameProblem} from '../names.ts';
import {credentialWays, loosenings, modes, profiles} from '../port.ts';
import {type SessionFacts, type SessionRecord, wholeFacts} from '../record.ts';

const anId = /^[0-9a-hjkmnp-tv-z]{26}$/;
const isText = (value: unknown): value is string => typeof value === 'string';
const isAmount = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTree = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const isSandbox = (value: unknown): boolean =>
  value === undefined ||
  (isTree(value) &&
    profiles.some(one => one === value.profile) &&
    Array.isArray(value.loosened) &&
    value.loosened.every(one => loosenings.some(known => known === one)));

const isFacts = (facts: unknown): facts is SessionFacts => {
  if (!isTree(facts) || !isTree(facts.workspace) || !isTree(facts.limits)) return false;
  const {id, name, agent, command, image, workspace, limits, network, createdAt, runtime} = facts;
  const {setup = [], args = [], variables = [], program = null, mode = null} = facts;
  const {allow = [], sandbox, credentials = 'forward', home = null} = facts;
  return (
    isText(id) &&
    anId.test(id) &&
    isText(name) &&
    nameProblem(name) === undefined &&
    [agent, image, workspace.path, workspace.mode, network].every(isText) &&
    [limits.memoryBytes, limits.cpus, limits.pids, createdAt].every(isAmount) &&
    [runtime, workspace.repo, workspace.branch, workspace.base ?? null].every(
      value => value === null || isText(value),
    ) &&
    isText(workspace.source ?? '') &&
    Array.isArray(command) &&
    command.length > 0 &&
    command.every(isText) &&
    [setup, args, variables, allow].every(areTexts) &&
    (home === null || isText(home)) &&
    isSandbox(sandbox) &&
    credentialWays.some(one => one === credentials) &&
    (program === null || isText(program)) &&
    (mode === null || modes.some(one => one === mode))
  );
};

/**
 * The facts a label holds, or undefined when it was not written by us: whoever reaches the engine can write labels, and an id
 * becomes a path.
 */
export function factsIn(held: Readonly<Record<string, string>>): SessionFacts | undefined {
  try {
    const facts: unknown = JSON.parse(held[labels.facts] ?? '');
    return isFacts(facts) && facts.id === held[labels.session] ? wholeFacts(facts) : undefined;
  } catch {
    return undefined;
  }
}

/** Enters an environment whose row was lost, from what its labels say; one that never ran holds nothing of value and goes. */
export async function adopt(context: Context, provider: Provider, environment: Environment): Promise<void> {
  const facts = factsIn(environment.labels);
  if (!facts) return;
  const {clock, store, paths, changes} = context;
  if (environment.state === 'created') {
    await audited(context, facts, 'destroy', 'half made, and in no record', async () => {
      await provider.destroyEnvironment(environment.id);
      rmSync(sessionDirectory(paths, facts.id), {recursive: true, force: true});
    });
    return;
  }
  const record: SessionRecord = {
    ...facts,
    provider: provider.name,
    environment: environment.id,
    phase: environment.state === 'running' || environment.state === 'paused' ? 'running' : 'stopped',
    phaseSince: clock.now(),
    note: '',
    exitCode: environment.exitCode ?? null,
    // How far it came was in the row: better none of them again than one that is done a second time.
    setupDone: facts.setup.length,
    run: 'again',
    conversation: '',
    attention: '',
    missing: [],
    ...{queuedAt: null, asleep: environment.state === 'paused' ? 'paused' : '', unenforced: []},
    removing: false,
    worker: null,
  };
  store.exclusively(() => {
    if (store.byId(facts.id)) return;
    try {
      store.insert(record);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'NAME_TAKEN') throw error;
      store.insert({...record, name: facts.id});
    }
  });
  changes.tell();
}
