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

/** What the image of this directory of `images/` is called; no engine need take it. */
export function imageName(directory: string, names: Partial<ImageNames> = {}): string {
  const {prefix, tag} = {...usual, ...names};
  return `${prefix.replace(/\/+$/, '')}/${directory}:${tag}`;
}

/** The directory of `images/` of which this is the name; undefined for the name of another image. */
export function imageDirectory(reference: string, names: Partial<ImageNames> = {}): string | undefined {
  const [before = '', behind = ''] = imageName('\n', names).split('\n');
  const directory = reference.slice(before.length, reference.length - behind.length);
  return /^[a-z0-9-]{1,40}$/.test(directory) && imageName(directory, names) === reference ? directory : undefined;
}
