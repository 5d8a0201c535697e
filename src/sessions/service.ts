import {builtIn} from '../agents/registry.ts';
import {elapsed} from '../lib/clock.ts';
import {clientPort} from './client-port.ts';
import type {Context, Defaults} from './context.ts';
import {linkEngines} from './engines/engine-links.ts';
import {createDiskUse} from './fleet/disk.ts';
import {createRest} from './fleet/rest.ts';
import {createUsher} from './fleet/usher.ts';
import {createVisits} from './fleet/visits.ts';
import {followStore} from './following.ts';
import {redactedPort} from './launch/redacted-port.ts';
import {createSecrets, redactingLog} from './launch/secrets.ts';
import {isLive} from './lifecycle.ts';
import {createNetworks} from './network/networks.ts';
import {createOperations} from './operations.ts';
import type {Caller, SessionsPort} from './port.ts';
import {createPrompts} from './prompts/prompts.ts';
import {createLives} from './terminals/lives.ts';
import {createCounting} from './work/counting.ts';
import {mendWorkspaces} from './work/mend.ts';
import {createReviews} from './work/reviews.ts';

export interface ServiceOptions {
  /** Its caller is this process: the one that is named when something is mended that nobody asked for. */
  readonly context: Omit<Context, 'secrets'>;
  /** The configured ones, read anew for each request that needs them; left out: the context's. */
  readonly defaults?: () => Promise<Defaults>;
  /** Resolves once workspaces may be looked at; left out: they may be at once. */
  readonly workspaces?: Promise<unknown>;
}

/** The sessions of one user, served to any number of clients. */
export interface Service {
  /** As one client may ask for them. Its close lets go of what that client has under way, nothing else. */
  as(caller: Caller): SessionsPort;
  /** How many there are, and how many of them run, are on the way, or wait for room. */
  count(): {readonly sessions: number; readonly live: number};
  /** Runs when sessions changed. The returned function ends it. */
  onChange(listener: () => void): () => void;
  /** Cancels creations, lets other operations end (some seconds at most), and lets go of everything; sessions run on. */
  close(): Promise<void>;
}

/** An engine that answers so soon is seen in the first picture; another one is not waited for. */
const firstTruthMs = 60;

export function createService(options: ServiceOptions): Service {
  const {defaults = async () => options.context.defaults, workspaces} = options;
  // Nobody else holds them: they are gone with the service.
  const secrets = createSecrets();
  let agents = builtIn;
  const context: Context = {
    ...options.context,
    secrets,
    log: redactingLog(options.context.log, secrets),
    async agents(asked) {
      agents = await options.context.agents(asked);
      return agents;
    },
  };
  const {store, registry, changes, clock} = context;
  // What a broken configuration says is told to whoever asks for an agent.
  context.agents().then(changes.tell, () => {});
  const lifetime = new AbortController();
  const engines = linkEngines(context, lifetime.signal);
  const firstTruth = Promise.race([engines.tried, elapsed(clock, firstTruthMs, lifetime.signal)]);
  firstTruth.catch(() => {});
  const lives = createLives(context, {
    onMemory(id, {conversation, attention}) {
      // A run that is over has nothing left to look at: the next one may have begun.
      const record = store.byId(id);
      const runs = record?.phase === 'running' || record?.asleep === 'stopped';
      store.update(id, runs ? {conversation, attention} : {conversation});
    },
  });
  const reviews = createReviews(context);
  const counting = createCounting(context, lives, {
    async nudge(record) {
      await workspaces;
      return reviews.nudge(record);
    },
  });
  const operations = createOperations(clock);
  const prompts = createPrompts(context, {lives, operations});
  const {signal} = lifetime;
  const networks = createNetworks(context, signal);
  const usher = createUsher(context, {defaults, operations, reachable: engines.reachable, signal});
  const visits = createVisits(clock);
  const disk = createDiskUse(context, signal);
  const rest = createRest(context, {defaults, operations, lives, prompts, visits, signal});
  const steps = new Map<string, string>();
  followStore(context, {engines, lives, counting, prompts, networks, usher, rest}, signal);
  // What it finds is in the way of nothing but what would mend it, too.
  void operations.run(() => mendWorkspaces(context));
  let closing: Promise<void> | undefined;

  return {
    as: caller => {
      const port = clientPort(
        {
          context: {...context, caller},
          defaults,
          agents: () => agents,
          engines,
          lives,
          reviews,
          counting,
          prompts,
          visits,
          disk,
          networks,
          operations,
          steps,
          firstTruth,
        },
        lifetime.signal,
      );
      return redactedPort(port, secrets.redact);
    },
    count() {
      const records = store.all();
      const live = records.filter(({phase, queuedAt}) => isLive(phase) || queuedAt !== null);
      return {sessions: records.length, live: live.length};
    },
    onChange: changes.listen,
    close() {
      closing ??= (async () => {
        lifetime.abort();
        await operations.settled();
        usher.close();
        rest.close();
        disk.close();
        prompts.close();
        lives.close();
        networks.close();
        counting.close();
        reviews.close();
        context.threads.close();
        try {
          await context.egress.close();
          await registry.close();
        } finally {
          store.close();
        }
      })();
      return closing;
    },
  };
}
