import {lstatSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';

/** Names and contents of what is in a directory, but not the record of what was printed. */
export const filesBelow = (directory: string): string =>
  readdirSync(directory, {recursive: true, withFileTypes: true})
    .map(({name, parentPath}) => path.join(parentPath, name))
    .filter(file => path.basename(file) !== 'output.log')
    .map(file => (lstatSync(file).isFile() ? `${file}\n${readFileSync(file, 'latin1')}` : file))
    .join('\n');

/** Of every process of this machine. */
export const commandLines = (): string =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        // It has gone meanwhile.
        return '';
      }
    })
    .join('\n');
