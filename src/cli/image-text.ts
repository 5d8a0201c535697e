import type {ImageInfo} from '../sessions/port.ts';
import {cleanLine} from './clean.ts';
import {table} from './table.ts';
import {age, bytes} from './units.ts';

export const imageJson = <T extends ImageInfo>(image: T) => ({
  ...image,
  createdAt: new Date(image.createdAt).toISOString(),
});

export const imagesTable = (
  images: readonly (ImageInfo & {readonly provider: string})[],
  now: number,
): readonly string[] => {
  const rows = images.map(image => [
    cleanLine(image.reference),
    cleanLine(image.provider),
    bytes(image.sizeBytes),
    age(now - image.createdAt),
  ]);
  return table([['IMAGE', 'PROVIDER', 'SIZE', 'AGE'], ...rows], {right: [2, 3]});
};
