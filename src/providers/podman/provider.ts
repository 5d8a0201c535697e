import {chmodSync, existsSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {thisMachine} from '../../lib/checkup/this-machine.ts';
import type {Clock} from '../../lib/clock.ts';
import {faultPoint} from '../../lib/fault.ts';
import type {Paths} from '../../lib/paths.ts';
import type {Command, EnvironmentId, EnvironmentSpec, Progress, Provider, Size} from '../provider.ts';
import {copyIn, copyOut} from '../tar-copy.ts';
import {engineAbilities} from './abilities.ts';
import {agentScript} from './create/agent-script.ts';
import {dockerBody} from './create/docker-body.ts';
import {directoryLabel} from './create/places.ts';
import {podmanBody} from './create/podman-body.ts';
import {sandboxInput} from './create/sandbox-input.ts';
import {countedRecord, openDockerTerminal} from './docker-terminal.ts';
import {createEnding} from './ending.ts';
import {compat, type Engine, type Flavor, libpod, openEngine} from './engine.ts';
import {createEventHub} from './events.ts';
import {startExec} from './exec.ts';
import {findingsOf} from './findings.ts';
import {endRemovals, isHalfRemoved} from './half-removed.ts';
import {createImages} from './images.ts';
import {heldLimits} from './limits/held.ts';
import {recordEnd} from './log-follower.ts';
import {inPlaceOfRoot, ownershipFor} from './ownership.ts';
import {createPausing} from './pausing.ts';
import {resizePath} from './resize.ts';
import {createRuntimes} from './runtimes/engine-runtimes.ts';
import {tryRuntime} from './runtimes/trial.ts';
import {handOver, sweepLeftSecrets, sweepSecrets, takenWithinMs} from './secrets.ts';
import {type Env, engineSocket} from './socket.ts';
import {startSized} from './start.ts';
import {makeDirectories, ownerOf} from './state-directory.ts';
import {openLogTerminal} from './terminal.ts';
import {environmentOf, type InspectJson, type ListJson, type Reading, type StatsJson, statsOf} from './translate.ts';
import {watchEvents} from './watch.ts';

export interface EngineProviderOptions {
  readonly paths: Paths;
  readonly env: Env;
  readonly clock: Clock;
}

function checkWorkspace(spec: EnvironmentSpec): void {
  const found = statSync(spec.workspace, {throwIfNoEntry: false});
  if (!found?.isDirectory()) throw new AppError('REPO_UNUSABLE', `${spec.workspace} is not a directory`);
}

function createEngineProvider(flavor: Flavor, {paths, env, clock}: EngineProviderOptions): Provider {
  const engine: Engine = openEngine(flavor, () => engineSocket(flavor, paths, env));
  const hub = createEventHub(engine, clock);
  const images = createImages(engine, paths);
  let limits = true;
  let pause = true;
  const readings = new Map<EnvironmentId, Reading>();
  const logOf = (directory: string) => path.join(directory, 'output.log');

  const inspect = async (id: string, signal?: AbortSignal): Promise<InspectJson | undefined> => {
    try {
      const {status, body} = await engine.ask('GET', `${compat}/containers/${id}/json`, {accept: [404], signal});
      return status === 404 ? undefined : (body as InspectJson);
    } catch (error) {
      if (isHalfRemoved(error)) return undefined;
      throw error;
    }
  };
  const mustInspect = async (id: EnvironmentId): Promise<InspectJson> => {
    const found = await inspect(id);
    if (!found) throw new AppError('ENGINE_REFUSED', `There is no environment ${id.slice(0, 12)}`);
    return found;
  };
  const directoryOf = (json: InspectJson): string => json.Config.Labels?.[directoryLabel] ?? '';
  const post = (id: string, action: string, accept: readonly number[] = [], signal?: AbortSignal) =>
    engine.ask('POST', `${compat}/containers/${id}/${action}`, {accept, signal});
  const ended = async (id: string) => {
    const found = await inspect(id);
    return !found || !['running', 'paused'].includes(environmentOf(found).state);
  };
  const pausing = createPausing({
    engine,
    state: async (id, signal) => {
      const found = await inspect(id, signal);
      return found && environmentOf(found).state;
    },
  });
  const runtimes = createRuntimes({
    ...{engine, paths, env},
    trial: (runtime, network) => tryRuntime(provider, {paths, clock, runtime, network}),
  });
  const ending = createEnding({engine, hub, clock, ended, resume: pausing.resume});

  const recorded = async (id: EnvironmentId, directory: string): Promise<number> =>
    existsSync(logOf(directory)) ? recordEnd(logOf(directory)) : countedRecord(engine, id);
  const start = async (id: EnvironmentId, directory: string, size: Size, signal?: AbortSignal): Promise<number> => {
    const at = await recorded(id, directory);
    if (flavor === 'docker') {
      await post(id, 'start', [], signal);
      await engine.ask('POST', resizePath(id, size), {accept: [409, 500]});
    } else {
      await startSized({engine, clock}, id, size, signal);
    }
    faultPoint('podman.started');
    return at;
  };
  const create = async (
    spec: EnvironmentSpec,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<EnvironmentId> => {
    checkWorkspace(spec);
    onProgress({step: `preparing the image ${spec.image}`});
    const abilities = await engineAbilities(engine);
    limits = Object.values(abilities.limits).every(Boolean);
    // The old cgroups freeze nothing without root.
    pause = !(abilities.rootless && abilities.cgroupVersion === 1);
    const image = await images.prepare(spec.image, onProgress, signal);
    signal.throwIfAborted();
    const logPath = makeDirectories(spec);
    const input = {
      ...{
        spec: {...spec, ...runtimes.inSpec(spec)},
        image: image.reference,
        mounts: image.mounts,
        env: image.env,
        logPath,
        ownerOf,
      },
      ...sandboxInput(paths.state, spec),
      enforced: abilities.limits,
      ownership: ownershipFor(runtimes.abilitiesFor(abilities, spec.runtime), ownerOf(spec.workspace), spec.workspace),
    };
    onProgress({step: 'making the container'});
    const answer =
      flavor === 'podman'
        ? await (await runtimes.makerFor(spec)).ask('POST', `${libpod}/containers/create`, {body: podmanBody(input)})
        : await engine.ask('POST', `${compat}/containers/create?name=${spec.name}`, {body: dockerBody(input)});
    faultPoint('podman.created');
    const id = (answer.body as {Id: string}).Id as EnvironmentId;
    try {
      await runtimes.check(id, input.spec);
      signal.throwIfAborted();
    } catch (error) {
      await ending.remove(id);
      throw error;
    }
    return id;
  };

  const provider: Provider = {
    name: flavor,
    // Of limits the engine tells when the first environment is made; until then they are taken for granted.
    get supports() {
      return {pause, limits, networks: ['none', 'allowlist', 'open'], checkpoints: false, machine: 'mounted'} as const;
    },
    images,
    check: signal =>
      findingsOf(
        {
          ...{engine, paths, machine: thisMachine(env), images: () => images.list()},
          socket: () => engineSocket(flavor, paths, env),
        },
        signal,
      ),

    async createEnvironment(spec, onProgress, signal) {
      try {
        signal.throwIfAborted();
        return await create(spec, onProgress, signal);
      } catch (cause) {
        if (signal.aborted) throw new AppError('CANCELLED', `Making ${spec.name} was cancelled`, {cause});
        throw cause;
      }
    },

    resolveRuntime: runtimes.resolve,
    inPlaceOfRoot: async runtime => inPlaceOfRoot(runtimes.abilitiesFor(await engineAbilities(engine), runtime)),

    async getEnvironment(id, signal) {
      const found = await inspect(id, signal);
      return found && environmentOf(found);
    },

    async listEnvironments(labels, signal) {
      const filters = encodeURIComponent(
        JSON.stringify({label: Object.entries(labels).map(([key, value]) => `${key}=${value}`)}),
      );
      const list = () => engine.ask('GET', `${compat}/containers/json?all=1&filters=${filters}`, {signal});
      const {body} = await list().catch(async error => {
        if (!isHalfRemoved(error)) throw error;
        await endRemovals(engine, filters, signal);
        return list();
      });
      const found = await Promise.all((body as readonly ListJson[]).map(one => inspect(one.Id, signal)));
      const there = found.filter(one => one !== undefined);
      for (const one of there) sweepLeftSecrets(directoryOf(one), clock);
      return there.map(environmentOf);
    },

    async spawnAgent(id, command: Command, size, signal) {
      const directory = directoryOf(await mustInspect(id));
      const file = path.join(directory, 'run', 'agent');
      const {argv, env, secrets = {}} = command;
      sweepSecrets(directory);
      const handed = Object.keys(secrets).length > 0 ? handOver(directory, secrets) : undefined;
      faultPoint('podman.handed');
      try {
        writeFileSync(file, agentScript(argv, env, {awaitSize: flavor === 'docker', secrets: handed?.place}));
        chmodSync(file, 0o755);
        const at = await start(id, directory, size, signal);
        // A main process that has not taken them by then never will.
        if (handed) clock.after(takenWithinMs, handed.takeBack);
        return at;
      } catch (error) {
        handed?.takeBack();
        throw error;
      }
    },

    async startEnvironment(id, size, signal) {
      const found = await mustInspect(id);
      const directory = directoryOf(found);
      if (environmentOf(found).state === 'running') return recorded(id, directory);
      return start(id, directory, size, signal);
    },

    async openTerminal(id, options) {
      const found = await mustInspect(id);
      const logPath = logOf(directoryOf(found));
      const state = async () => {
        const now = await inspect(id);
        if (!now) return 'gone' as const;
        return ['running', 'paused'].includes(environmentOf(now).state) ? ('running' as const) : ('ended' as const);
      };
      // Docker's log is not exact, and an engine elsewhere (a machine, a VM) writes it where we cannot read it.
      if (flavor === 'docker' || !existsSync(logPath)) return openDockerTerminal({engine, hub, id, options, state});
      return openLogTerminal({engine, hub, clock, id, logPath, options, state});
    },

    exec: (id, command, options = {}) => startExec(engine, id, command, options),

    stopEnvironment: ending.stop,
    pauseEnvironment: pausing.pause,
    resumeEnvironment: pausing.resume,
    destroyEnvironment: ending.remove,

    async stats(ids, signal) {
      const read = async (id: EnvironmentId) => {
        const {status, body} = await engine.ask('GET', `${compat}/containers/${id}/stats?stream=false&one-shot=true`, {
          ...{accept: [404, 409, 500], signal},
        });
        // One that does not run is answered with nothing at all by Podman, and with zeros by Docker.
        if (status >= 400 || body === undefined) return [];
        const {stats, reading} = statsOf(body as StatsJson, clock.now(), readings.get(id));
        if (stats.pids === 0) return [];
        readings.set(id, reading);
        return [[id, stats] as const];
      };
      return new Map((await Promise.all(ids.map(read))).flat());
    },

    async heldLimits(id, signal) {
      const found = await inspect(id, signal);
      return found && heldLimits(found, existsSync(logOf(directoryOf(found))));
    },

    watch: (labels, signal) => watchEvents({hub, flavor}, labels, signal),

    copyIn: (id, directory, tar, signal) =>
      copyIn((command, options) => provider.exec(id, command, options), directory, tar, signal),
    copyOut: (id, source, signal) => copyOut((command, options) => provider.exec(id, command, options), source, signal),
    async close() {
      hub.close();
      runtimes.close();
      engine.close();
    },
  };
  return provider;
}

export const createPodman = (options: EngineProviderOptions): Provider => createEngineProvider('podman', options);
export const createDocker = (options: EngineProviderOptions): Provider => createEngineProvider('docker', options);
