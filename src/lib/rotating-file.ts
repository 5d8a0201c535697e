import {closeSync, fstatSync, openSync, renameSync, writeSync} from 'node:fs';

export interface Rotation {
  /** When the file would grow beyond this, it is put aside. */
  readonly bytes: number;
  /** How many old ones stay: FILE.1 is the youngest. */
  readonly keep: number;
}

/** Appends whole lines to a file of at most that size. For one writing process. */
export function openRotatingFile(file: string, {bytes, keep}: Rotation) {
  const open = () => {
    const descriptor = openSync(file, 'a', 0o600);
    return {descriptor, size: fstatSync(descriptor).size};
  };
  let current = open();
  const rotate = () => {
    for (let index = keep; index > 0; index -= 1) {
      try {
        renameSync(index === 1 ? file : `${file}.${index - 1}`, `${file}.${index}`);
      } catch {
        // There are not that many yet; or it cannot be moved, and what is there grows on: better than nothing said.
      }
    }
    const next = open();
    closeSync(current.descriptor);
    current = next;
  };
  return {
    write(line: string): void {
      const data = Buffer.from(line);
      if (current.size > 0 && current.size + data.length > bytes) rotate();
      current.size += writeSync(current.descriptor, data);
    },
  };
}
