import {readFileSync} from 'node:fs';
import path from 'node:path';
import {AppError} from '../../errors.ts';
import {run} from '../../lib/exec.ts';
import type {Paths} from '../../lib/paths.ts';
import {containerfile} from '../containerfile.ts';
import type {ImageBuild} from '../provider.ts';
import type {Flavor} from './engine.ts';
import {engineEnv} from './socket.ts';

/** Engines know these without being told: which proxy a build goes through is no matter of a Containerfile. */
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap(name => [
  name,
  name.toLowerCase(),
]);

/** Where pip, Node and curl are told of more certificates; in the build they are mounted here. */
const caVariables = ['PIP_CERT', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE'];
const caInside = '/run/secrets/ca';

/** The build arguments that `images/NAME` takes; undefined where there is no such image. */
export function buildArguments(name: string): readonly string[] | undefined {
  const file = containerfile(name);
  if (!file) return undefined;
  const declared = [...readFileSync(file, 'utf8').matchAll(/^ARG ([A-Za-z_]\w*)/gm)].map(([, found = '']) => found);
  return [...new Set([...declared, ...proxies])];
}

export interface BuildCommand {
  readonly args: readonly string[];
  /** Values of build arguments: a proxy's may hold a password, and everybody reads command lines. */
  readonly env: Readonly<Record<string, string>>;
}

/** What runs behind the engine's name to build this image. */
export function buildCommand(file: string, takes: readonly string[], {reference, args, ca}: ImageBuild): BuildCommand {
  const given = {...(ca === undefined ? {} : Object.fromEntries(caVariables.map(name => [name, caInside]))), ...args};
  const taken = Object.entries(given).filter(([name]) => takes.includes(name));
  return {
    args: [
      ...['build', '-t', reference],
      ...taken.flatMap(([name]) => ['--build-arg', name]),
      ...(ca === undefined ? [] : ['--secret', `id=ca,src=${ca}`]),
      ...['-f', file, path.dirname(file)],
    ],
    env: Object.fromEntries(taken),
  };
}

/** Builds an image with the engine's own program. Throws IMAGE_MISSING, CANNOT_CREATE. */
export async function buildImage(
  {flavor, paths}: {readonly flavor: Flavor; readonly paths: Paths},
  build: ImageBuild,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const {name, reference} = build;
  const file = containerfile(name);
  if (!file) throw new AppError('IMAGE_MISSING', `There is no images/${name.slice(0, 40)}/Containerfile`);
  const {args, env} = buildCommand(file, buildArguments(name) ?? [], build);
  const {exitCode, stderr} = await run(flavor, args, {
    // Of Docker's builders only the newer one mounts secrets.
    env: {...env, ...engineEnv(paths), ...(flavor === 'docker' ? {DOCKER_BUILDKIT: '1'} : {})},
    onLine,
    ...(signal ? {signal} : {}),
  });
  signal?.throwIfAborted();
  if (exitCode === 127) throw new AppError('ENGINE_UNREACHABLE', stderr);
  if (exitCode !== 0) {
    throw new AppError('CANNOT_CREATE', `Building ${reference} failed with code ${exitCode}`, {
      hint: 'The lines above tell why; `--build-arg BASE_IMAGE=REF` takes another base, `--ca FILE` more certificates.',
    });
  }
}
