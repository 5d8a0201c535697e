import {readFileSync} from 'node:fs';
import type {Client, Container} from '@dagger.io/dagger';
import {AppError} from '../../../errors.ts';
import {type ImageNames, imageDirectory} from '../../../lib/image-names.ts';
import {isImageReference} from '../../../lib/image-reference.ts';
import {containerfile} from '../../containerfile.ts';
import {plain} from '../connection/faults.ts';
import {composed} from './containerfile.ts';

/** One way to an image. Nothing is done before the container is asked for something. */
export interface ImageSource {
  /** In words, for the screen: "pulling debian:12". */
  readonly step: string;
  container(client: Client): Container;
}

const archive = (file: string): ImageSource => ({
  step: `bringing in ${file}`,
  container: client => client.container().import_(client.host().file(file, {noCache: true})),
});

const pulled = (reference: string): ImageSource => ({
  step: `pulling ${reference}`,
  container: client => client.container().from(reference),
});

const read = (directory: string): string | undefined => {
  const file = containerfile(directory);
  return file === undefined ? undefined : readFileSync(file, 'utf8');
};

function built(directory: string): ImageSource | undefined {
  const [base, own] = [read('base'), read(directory)];
  if (base === undefined || own === undefined) return undefined;
  const text = composed(base, directory === 'base' ? undefined : own);
  return {
    step: `building images/${directory}`,
    container: client => client.directory().withNewFile('Dockerfile', text).dockerBuild(),
  };
}

/** The ways to an image, the best first. Throws IMAGE_MISSING for what is none. */
export function imageSources(image: string, names: Partial<ImageNames>): readonly [ImageSource, ...ImageSource[]] {
  if (image.startsWith('tar:/')) return [archive(image.slice('tar:'.length))];
  if (!isImageReference(image) || image === 'host') {
    const what = image === 'host' ? 'The tools of this machine cannot be had' : `"${plain(image)}" is no image`;
    throw new AppError('IMAGE_MISSING', `${what} on a Dagger engine`, {
      hint: 'Give a reference such as docker.io/library/debian:12, or `tar:/PATH` for an archive that `podman save` wrote.',
    });
  }
  const directory = imageDirectory(image, names);
  const own = directory === undefined ? undefined : built(directory);
  if (!own) return [pulled(image)];
  // No registry is at `localhost` that would not be named with a port.
  return image.startsWith('localhost/') ? [own] : [pulled(image), own];
}
