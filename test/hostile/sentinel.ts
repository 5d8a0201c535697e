import {createHash} from 'node:crypto';
import {lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync} from 'node:fs';
import path from 'node:path';

/** Everything below a directory but what `leaves` is true of, a line each: what it is, whose, since when, with what in it. */
export function stateOf(directory: string, leaves: (name: string) => boolean): readonly string[] {
  const lines: string[] = [];
  const look = (at: string) => {
    const {mode, size, mtimeMs, ino, uid} = lstatSync(at);
    const kind = mode & 0o170000;
    const isDirectory = kind === 0o040000;
    const text = kind === 0o100000 ? createHash('sha1').update(readFileSync(at)).digest('hex') : '';
    const to = kind === 0o120000 ? readlinkSync(at) : '';
    lines.push([at, mode.toString(8), uid, ino, isDirectory ? '' : size, mtimeMs, text, to].join(' '));
    if (isDirectory) for (const name of readdirSync(at)) look(path.join(at, name));
  };
  for (const name of readdirSync(directory).sort()) if (!leaves(name)) look(path.join(directory, name));
  return lines;
}

/** Command lines of processes of others that stand in a directory. */
export function processesIn(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap(pid => {
      try {
        const cwd = realpathSync(`/proc/${pid}/cwd`);
        const said = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return cwd.startsWith(`${directory}/`) ? [said] : [];
      } catch {
        return [];
      }
    });
}
