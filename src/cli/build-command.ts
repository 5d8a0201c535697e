import path from 'node:path';
import {AppError} from '../errors.ts';
import type {BuildRequest, ImageInfo, SessionsPort} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {type Context, withPort} from './context.ts';
import {imageJson} from './image-text.ts';

export interface BuildOptions {
  readonly all?: boolean;
  readonly buildArg?: readonly string[];
  readonly ca?: string;
  readonly json?: boolean;
}

/** `K=V` as it is, `K` with the value it has here. Throws USAGE. */
function buildArguments(given: readonly string[], env: Context['env']): Readonly<Record<string, string>> {
  // The option says it better: it stands behind.
  const base = env.TRAILS_BASE_IMAGE ? [`BASE_IMAGE=${env.TRAILS_BASE_IMAGE}`] : [];
  return Object.fromEntries(
    [...base, ...given].map(text => {
      const [, name = '', value] = /^([^=]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
      const taken = value ?? env[name];
      if (name !== '' && taken !== undefined) return [name, taken];
      throw new AppError('USAGE', `The build argument "${cleanLine(name || text).slice(0, 60)}" has no value`, {
        hint: 'Give it one: `--build-arg NAME=VALUE`.',
      });
    }),
  );
}

/** One agent for each image that Trails builds. */
async function everyImage(port: SessionsPort): Promise<readonly string[]> {
  const agents = (await port.agents()).filter(({builds}) => builds);
  return agents.filter((one, at) => agents.findIndex(({image}) => image === one.image) === at).map(({name}) => name);
}

interface Built {
  readonly images: readonly ImageInfo[];
  /** Agents whose image could not be built. */
  readonly failed: readonly string[];
}

/** Builds each of them. One of several that fails is told, and the others are gone on with. */
async function buildEach(
  {print}: Context,
  port: SessionsPort,
  requests: readonly BuildRequest[],
  signal: AbortSignal,
): Promise<Built> {
  const images: ImageInfo[] = [];
  const failed: string[] = [];
  for (const request of requests) {
    try {
      images.push(await port.buildImage(request, line => print.note(cleanLine(line)), signal));
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted || requests.length === 1) throw error;
      print.note(`${cleanLine(request.name)}: ${cleanLine(error.message)}`);
      failed.push(request.name);
    }
  }
  return {images, failed};
}

/** Builds the image of one agent, of the configured one, or all there are. */
export async function buildImages(context: Context, agent: string | undefined, options: BuildOptions): Promise<void> {
  const {print, env, config, cwd} = context;
  const {all = false, buildArg = [], ca, json} = options;
  if (all && agent !== undefined) throw new AppError('USAGE', 'Give the name of an agent, or --all');
  const shared = {args: buildArguments(buildArg, env), ...(ca === undefined ? {} : {ca: path.resolve(cwd(), ca)})};
  const build = async (port: SessionsPort, signal: AbortSignal) => {
    const names = all ? await everyImage(port) : [agent ?? (await config.load()).agent];
    const requests = names.map(name => ({name, ...shared}));
    return buildEach(context, port, requests, signal);
  };
  const {images, failed} = await withPort(context, build, {cleansUp: true});
  if (json && images[0]) await print.json(all ? images.map(imageJson) : imageJson(images[0]));
  else for (const {reference} of images) await print.line(cleanLine(reference));
  if (failed.length > 0) {
    throw new AppError('CANNOT_CREATE', `Not built: ${failed.join(', ')}`, {
      hint: 'The lines above tell why; the others are built.',
    });
  }
}
