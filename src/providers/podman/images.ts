import {AppError} from '../../errors.ts';
import {isImageReference, sameImage} from '../../lib/image-reference.ts';
import type {Paths} from '../../lib/paths.ts';
import type {ImageInfo, Images, Mount, Progress} from '../provider.ts';
import {compat, type Engine, libpod, messageOf} from './engine.ts';
import {hostEnv, hostImage} from './host-image.ts';
import {buildArguments, buildImage} from './image-build.ts';

export interface PreparedImage {
  readonly reference: string;
  readonly mounts: readonly Mount[];
  readonly env: Readonly<Record<string, string>>;
}

export interface EngineImages extends Images {
  /** Makes sure that an image is there, making or pulling it by need. Throws IMAGE_MISSING. */
  prepare(reference: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<PreparedImage>;
}

interface ImageJson {
  readonly Id: string;
  readonly RepoTags?: readonly string[] | null;
  readonly Size: number;
  readonly Created: number;
}

export function createImages(engine: Engine, paths: Paths): EngineImages {
  const has = async (reference: string, signal?: AbortSignal) => {
    const {status} = await engine.ask('GET', `${compat}/images/${encodeURIComponent(reference)}/json`, {
      accept: [404, 500],
      signal,
    });
    return status === 200;
  };
  const host = async (onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<PreparedImage> => {
    const {reference, tar, mounts} = hostImage();
    if (!(await has(reference, signal))) {
      onProgress({step: 'making the host image'});
      const [repo, tag] = reference.split(/:(?=[^:]*$)/) as [string, string];
      const upload = (async function* () {
        yield tar;
      })();
      const name = encodeURIComponent(reference);
      const place =
        engine.flavor === 'podman'
          ? `${libpod}/images/import?reference=${name}`
          : `${compat}/images/create?fromSrc=-&repo=${encodeURIComponent(repo)}&tag=${tag}`;
      await engine.upload('POST', place, upload, signal);
    }
    return {reference, mounts, env: hostEnv};
  };
  const pull = async (reference: string, onProgress: (progress: Progress) => void, signal: AbortSignal) => {
    onProgress({step: `pulling ${reference}`});
    const missing = (why: string) =>
      new AppError('IMAGE_MISSING', `There is no image ${reference} here, and it cannot be had: ${why}`, {
        hint: 'Run `trails images ls`, or use `--image host`: the tools of this machine.',
      });
    const message = await engine
      .stream('POST', `${compat}/images/create?fromImage=${encodeURIComponent(reference)}`, {signal})
      .catch((error: Error) => {
        throw signal.aborted ? error : missing(error.message);
      });
    let failed: string | undefined;
    let text = '';
    for await (const piece of message) {
      text += String(piece);
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) failed = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? failed;
    }
    failed = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? failed;
    if (failed !== undefined || !(await has(reference, signal)))
      throw missing(failed ?? 'the registry does not know it');
  };

  const list = async (signal?: AbortSignal): Promise<readonly ImageInfo[]> => {
    const {body} = await engine.ask('GET', `${compat}/images/json`, {signal});
    return (body as readonly ImageJson[]).flatMap(({Id, RepoTags, Size, Created}) =>
      (RepoTags ?? []).map(reference => ({
        reference,
        id: Id.replace(/^sha256:/, ''),
        sizeBytes: Size,
        createdAt: Created * 1000,
      })),
    );
  };
  return {
    list,
    async prepare(reference, onProgress, signal) {
      if (reference === 'host') return host(onProgress, signal);
      if (!isImageReference(reference))
        throw new AppError(
          'IMAGE_MISSING',
          `"${reference.replace(/\p{Cc}/gu, '?').slice(0, 80)}" is no image reference`,
        );
      if (!(await has(reference, signal))) await pull(reference, onProgress, signal);
      return {reference, mounts: [], env: {}};
    },
    takes: buildArguments,
    async build(build, onLine, signal) {
      await buildImage({flavor: engine.flavor, paths}, build, onLine, signal);
      const built = (await list(signal)).find(image => sameImage(image.reference, build.reference));
      if (!built) throw new AppError('CANNOT_CREATE', `${build.reference} was built but is not in the engine's list`);
      return built;
    },
    async remove(reference, signal) {
      const answer = await engine.ask('DELETE', `${compat}/images/${encodeURIComponent(reference)}`, {
        accept: [404, 409],
        signal,
      });
      if (answer.status === 404) throw new AppError('IMAGE_MISSING', `There is no image ${reference} here`);
      if (answer.status === 409) {
        throw new AppError('ENGINE_REFUSED', `${reference} is in use: ${messageOf(answer)}`, {
          hint: 'Remove the sessions that run in it, or the images made from it.',
        });
      }
    },
  };
}
