import {statSync} from 'node:fs';
import {builtImage, imageOf} from '../agents/image.ts';
import type {Agents} from '../agents/registry.ts';
import {AppError} from '../errors.ts';
import type {ImageNames} from '../lib/image-names.ts';
import {sameImage} from '../lib/image-reference.ts';
import type {ImageInfo, Images} from '../providers/provider.ts';
import {audited, type Context} from './context.ts';
import type {BuildRequest, SessionsPort} from './port.ts';

/** What every other image is built on. */
const base = 'base';

const shown = (text: string): string => text.replace(/\p{Cc}/gu, '?').slice(0, 80);

/** The directory of `images/` that a name of the user's means. Throws USAGE for an agent whose image is not ours. */
function directoryOf(agents: Agents, name: string): string {
  if (name === base) return base;
  const {reference, image, from} = agents.named(name);
  if (reference === undefined) return image;
  const why = reference === 'host' ? 'has no image of its own' : `runs in ${reference}, which is not built here`;
  throw new AppError('USAGE', `${name} ${why}${from ? ` (${from})` : ''}`, {
    hint: 'An agent of config.yaml gets an image of ours with `like:` and without `image:`.',
  });
}

/** Throws USAGE for a build argument that nothing takes, and for certificates that are not there. */
function checkBuild({args, ca}: BuildRequest, takes: readonly string[]): void {
  const unknown = Object.keys(args).find(name => !takes.includes(name));
  if (unknown !== undefined) {
    const own = takes.filter(name => !/_proxy$/i.test(name));
    throw new AppError('USAGE', `There is no build argument "${shown(unknown)}"`, {
      hint: `There are ${own.join(', ')}.`,
    });
  }
  // What the engine is told of it is a list with commas.
  if (ca?.includes(','))
    throw new AppError('USAGE', `The path ${shown(ca)} has a comma, which the engine cannot take`, {
      hint: 'Give the certificates under another name: `--ca FILE`.',
    });
  if (ca !== undefined && !statSync(ca, {throwIfNoEntry: false})?.isFile())
    throw new AppError('USAGE', `There is no file of certificates at ${shown(ca)}`, {
      hint: 'Give a file in PEM that holds them all: `--ca FILE`.',
    });
}

interface Builder {
  readonly images: Images;
  readonly agents: Agents;
  readonly names: Partial<ImageNames> | undefined;
}

/** Builds an agent's image, and before it what it is built on: when that is not there, or when something was said for it. */
async function build(
  {images, agents, names}: Builder,
  request: BuildRequest,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<ImageInfo> {
  const directory = directoryOf(agents, request.name);
  const own = images.takes(directory);
  if (!own) throw new AppError('IMAGE_MISSING', `There is no images/${directory}/Containerfile`);
  const ofBase = directory === base ? own : (images.takes(base) ?? []);
  checkBuild(request, [...new Set([...own, ...ofBase])]);
  const {args, ca} = request;
  const one = (name: string, own: Readonly<Record<string, string>>) => {
    const reference = builtImage(name, names);
    onLine(`building ${reference}`);
    return images.build({name, reference, args: own, ...(ca === undefined ? {} : {ca})}, onLine, signal);
  };
  if (directory === base) return one(base, args);
  const below = builtImage(base, names);
  const there = (await images.list(signal)).some(image => sameImage(image.reference, below));
  // An agent's image has no other base than ours: which base that has is said for it.
  const saidForBase = Object.keys(args).some(name => name === 'BASE_IMAGE' || !own.includes(name));
  if (!there || saidForBase) await one(base, args);
  return one(directory, {...args, BASE_IMAGE: below});
}

type ImageCalls = Pick<SessionsPort, 'images' | 'buildImage' | 'removeImage'>;

/** What clients may ask of the images of the engine that they mean. */
export function imageCalls(
  context: Context,
  engine: () => Promise<{readonly name: string; readonly images: Images}>,
): ImageCalls {
  const {images: names} = context.caller;
  const noSession = {id: '', name: ''};
  return {
    async images(signal) {
      const {name, images} = await engine();
      return (await images.list(signal)).map(image => ({...image, provider: name}));
    },
    buildImage: (request, onLine, signal) =>
      audited(context, noSession, 'build', request.name, async () => {
        const agents = await context.agents();
        const {images} = await engine();
        return build({images, agents, names}, request, onLine, signal);
      }),
    removeImage: (name, signal) =>
      audited(context, noSession, 'remove image', shown(name), async () => {
        const agents = await context.agents({orLast: true});
        const agent = agents.all.find(one => one.name === name);
        const reference = name === base ? builtImage(base, names) : agent ? imageOf(agent, names) : name;
        if (reference === 'host')
          throw new AppError('USAGE', `${shown(name)} has no image of its own`, {hint: 'See `trails images ls`.'});
        const {images} = await engine();
        const found = (await images.list(signal)).find(image => sameImage(image.reference, reference));
        if (!found) {
          throw new AppError('IMAGE_MISSING', `There is no image ${shown(reference)} here`, {
            hint: 'Run `trails images ls` for those there are.',
          });
        }
        await images.remove(found.reference, signal);
        return found.reference;
      }),
  };
}
