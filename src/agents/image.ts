import {AppError} from '../errors.ts';
import {type ImageNames, imageName} from '../lib/image-names.ts';
import {isImageReference} from '../lib/image-reference.ts';
import type {Agent} from './agent.ts';

/** The reference of the image that is built from this directory of `images/`. Throws USAGE for names that no engine takes. */
export function builtImage(directory: string, names: Partial<ImageNames> = {}): string {
  const reference = imageName(directory, names);
  if (isImageReference(reference) && !/[A-Z]/.test(names.prefix ?? '')) return reference;
  const shown = reference.replace(/\p{Cc}/gu, '?').slice(0, 120);
  throw new AppError(
    'USAGE',
    `TRAILS_IMAGE_PREFIX and TRAILS_IMAGE_TAG make "${shown}", which is no name of an image`,
    {
      hint: 'Such as TRAILS_IMAGE_PREFIX=localhost/trails TRAILS_IMAGE_TAG=latest.',
    },
  );
}

/** The image an agent runs in, when the engine has it; `host` for one that has none. */
export const imageOf = (agent: Agent, names?: Partial<ImageNames>): string =>
  agent.reference ?? builtImage(agent.image, names);
