import {AppError} from '../errors.ts';
import {isImageReference} from '../lib/image-reference.ts';
import type {Agent} from './agent.ts';

/** How the images that we build are called on the engine: `PREFIX/codex:TAG`. */
export interface ImageNames {
  readonly prefix: string;
  readonly tag: string;
}

const usual: ImageNames = {prefix: 'localhost/trails', tag: 'latest'};

/** What is set of TRAILS_IMAGE_PREFIX and TRAILS_IMAGE_TAG. */
export const imageNames = (env: Readonly<Record<string, string | undefined>>): Partial<ImageNames> => ({
  ...(env.TRAILS_IMAGE_PREFIX ? {prefix: env.TRAILS_IMAGE_PREFIX} : {}),
  ...(env.TRAILS_IMAGE_TAG ? {tag: env.TRAILS_IMAGE_TAG} : {}),
});

/** The reference of the image that is built from this directory of `images/`. Throws USAGE for names that no engine takes. */
export function builtImage(directory: string, names: Partial<ImageNames> = {}): string {
  const {prefix, tag} = {...usual, ...names};
  const reference = `${prefix.replace(/\/+$/, '')}/${directory}:${tag}`;
  if (isImageReference(reference) && !/[A-Z]/.test(prefix)) return reference;
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
