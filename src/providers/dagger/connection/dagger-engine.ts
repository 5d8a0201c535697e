import {createHash} from 'node:crypto';
import path from 'node:path';
import type {Client, Container, ServiceID} from '@dagger.io/dagger';
import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import {imageNames} from '../../../lib/image-names.ts';
import {type Log, silentLog} from '../../../lib/log.ts';
import type {Paths} from '../../../lib/paths.ts';
import type {Progress} from '../../provider.ts';
import {containerOf} from '../recipe/container.ts';
import {type ImageSource, imageSources} from '../recipe/image.ts';
import {howToInstall, inWords, lackingIn, probe} from '../recipe/tools.ts';
import {askVersion, type Session} from './ask.ts';
import type {Env} from './cli.ts';
import type {DaggerEngine, Recipe, ServiceId} from './engine.ts';
import {EngineFault, faultIn, plain} from './faults.ts';
import {clientOf} from './sdk.ts';
import {createSessions} from './sessions.ts';

export interface DaggerEngineOptions {
  readonly paths: Paths;
  readonly env: Env;
  readonly clock: Clock;
  readonly log?: Log;
  /** The setting `dagger.cli`. */
  readonly cli?: string;
  /** Where the session process is kept; left out: where that of this home is. */
  readonly directory?: string;
  /** How long a CLI that starts may be silent. */
  readonly patienceMs?: number;
}

/** Where the session process is kept. */
export const sessionDirectory = ({state}: Pick<Paths, 'state'>): string => path.join(state, 'dagger');

/** A service's id means something to its own session alone. */
const sessionMark = ({port, token}: Session): string =>
  createHash('sha256').update(`${port} ${token}`).digest('hex').slice(0, 16);

const cleanUpMs = 20_000;

/** As a person is told it; `doing` begins the sentence. What we throw ourselves stays. */
function told(error: unknown, doing: string, secrets: readonly string[] = []): unknown {
  const fault = faultIn(error);
  if (!(fault instanceof EngineFault)) return fault;
  const why = fault.exec ? `${fault.message}: ${fault.exec.stderr}` : fault.message;
  return new AppError('ENGINE_REFUSED', `${doing}: ${plain(why, secrets)}`, {
    hint: 'Run `trails doctor`; the log of the engine may say more.',
  });
}

export function createDaggerEngine({paths, env, log = silentLog, ...rest}: DaggerEngineOptions): DaggerEngine {
  const names = imageNames(env);
  const sessions = createSessions({directory: sessionDirectory(paths), ...rest, env, log});

  const tried = async (client: Client, source: ImageSource, image: string, signal?: AbortSignal) => {
    try {
      return await source.container(client).sync();
    } catch (error) {
      signal?.throwIfAborted();
      const fault = faultIn(error);
      if (!(fault instanceof EngineFault)) throw fault;
      const why = plain(fault.exec ? `${fault.message}: ${fault.exec.stderr}` : fault.message);
      throw new AppError('IMAGE_MISSING', `The image ${image} cannot be had: ${source.step} failed: ${why}`, {
        hint: 'Dagger takes a reference of a registry, or `tar:/PATH`: an archive that `podman save` or `docker save` wrote.',
      });
    }
  };

  /** By the first way that leads to it. Throws IMAGE_MISSING with what each said. */
  const imageFor = async (
    client: Client,
    image: string,
    onProgress: (progress: Progress) => void,
    signal?: AbortSignal,
  ): Promise<Container> => {
    const [first, ...others] = imageSources(image, names);
    let left = others;
    let source = first;
    for (;;) {
      onProgress({step: source.step});
      try {
        return await tried(client, source, image, signal);
      } catch (error) {
        const [next, ...rest] = left;
        if (!next || !(error instanceof AppError) || error.code !== 'IMAGE_MISSING') throw error;
        log.info(error.message);
        [source, left] = [next, rest];
      }
    }
  };

  const probed = async (container: Container, image: string) => {
    try {
      return await container.withUser('root').withExec(['sh', '-c', probe]).stdout();
    } catch (error) {
      const fault = faultIn(error);
      if (!(fault instanceof EngineFault) || !fault.exec) throw told(error, `Looking into ${image} failed`);
      const why = plain(fault.exec.stderr || fault.message);
      throw new AppError('CANNOT_CREATE', `The image ${image} has no shell that runs: ${why}`, {
        hint: 'Take one that is made from Debian or Ubuntu, or one of ours: `trails agents`.',
      });
    }
  };

  const stop = async (id: ServiceId, signal?: AbortSignal) => {
    const session = await sessions.resume(signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      log.warn('no Dagger session to stop a service of', {why: (error as Error).message});
      return undefined;
    });
    const [, mark, own = ''] = /^([0-9a-f]+)\/(.+)$/.exec(id) ?? [];
    if (!session || mark !== sessionMark(session)) return;
    const client = await clientOf(session, signal);
    try {
      // What was in it has been brought out before, or is not wanted.
      await client.loadServiceFromID(own as ServiceID).stop({kill: true});
    } catch (error) {
      signal?.throwIfAborted();
      // With its session every service is gone.
      if (!(faultIn(error) instanceof EngineFault)) {
        const alive = await askVersion(session, signal).catch(() => undefined);
        if (alive === undefined) return;
      }
      throw told(error, 'A service could not be stopped');
    }
  };

  return {
    version: async signal => askVersion(await sessions.open(signal), signal),
    async prepare(image, onProgress, signal) {
      imageSources(image, names);
      onProgress({step: 'starting the Dagger session'});
      const client = await clientOf(await sessions.open(signal), signal);
      const container = await imageFor(client, image, onProgress, signal);
      onProgress({step: 'looking for the tools of a session'});
      const lacking = lackingIn(await probed(container, image));
      if (lacking.length === 0) return;
      throw new AppError('CANNOT_CREATE', `The image ${image} lacks ${inWords(lacking)}`, {
        hint: `In its Containerfile: RUN apt-get update && ${howToInstall(lacking)}`,
      });
    },
    async start(recipe: Recipe, signal) {
      const secrets = recipe.files.flatMap(({secret, content}) => (secret ? [content] : []));
      const session = await sessions.open(signal);
      const mark = sessionMark(session);
      let id: ServiceId | undefined;
      try {
        const client = await clientOf(session, signal);
        const image = await imageFor(client, recipe.image, () => {}, signal);
        const service = containerOf(client, image, recipe).asService({args: [...recipe.args], useEntrypoint: false});
        const own = await service.id();
        // Known before it runs: whatever happens from here on, it can be stopped.
        id = `${mark}/${own}` as ServiceId;
        await client.loadServiceFromID(own as unknown as ServiceID).start();
        return id;
      } catch (error) {
        if (id) await stop(id, AbortSignal.timeout(cleanUpMs)).catch((left: Error) => log.warn(left.message));
        signal?.throwIfAborted();
        throw told(error, 'The environment could not be started', secrets);
      }
    },
    stop,
    resume: async signal => (await sessions.resume(signal)) !== undefined,
    onGone: listener => sessions.onGone(listener),
    release: () => sessions.release(),
    close: () => sessions.close(),
  };
}
