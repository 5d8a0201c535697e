import {existsSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

/** `images/NAME/Containerfile`: it lies beside the sources and, in a bundle, beside dist/. Undefined where there is none. */
export function containerfile(name: string): string | undefined {
  if (!/^[a-z0-9-]{1,40}$/.test(name)) return undefined;
  const here = path.dirname(fileURLToPath(import.meta.url));
  for (let up = here; up !== path.dirname(up); up = path.dirname(up)) {
    const file = path.join(up, 'images', name, 'Containerfile');
    if (existsSync(file)) return file;
  }
  return undefined;
}
