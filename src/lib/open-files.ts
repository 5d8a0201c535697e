import {readdirSync, readlinkSync} from 'node:fs';

const namesIn = (directory: string): readonly string[] => {
  try {
    return readdirSync(directory);
  } catch {
    // It ended meanwhile, or is somebody else's.
    return [];
  }
};

/** Whether a process of this user has a file open, by its real path. Undefined where the system does not tell (macOS). */
export function isOpenSomewhere(file: string): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  return namesIn('/proc')
    .filter(name => /^\d+$/.test(name))
    .some(pid =>
      namesIn(`/proc/${pid}/fd`).some(fd => {
        try {
          return readlinkSync(`/proc/${pid}/fd/${fd}`) === file;
        } catch {
          return false;
        }
      }),
    );
}
