import {closeSync, constants, openSync} from 'node:fs';
import path from 'node:path';

/** A unix socket's path is at most 107 bytes on Linux and 103 on macOS. */
const longestPath = 103;

/** How a socket in this directory is named to the system, however long its path is. Held until it is closed. */
export function socketPlace(directory: string, name: string): {readonly place: string; close(): void} {
  const file = path.join(directory, name);
  if (Buffer.byteLength(file) <= longestPath) return {place: file, close() {}};
  const held = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  return {place: `/proc/self/fd/${held}/${name}`, close: () => closeSync(held)};
}
