import {accessSync, constants, statSync} from 'node:fs';
import path from 'node:path';

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Where a program is that would run under this name; undefined where none is. Relative entries of a PATH are not looked into. */
export function onPath(program: string, searchPath = ''): string | undefined {
  if (program.includes('/')) return path.isAbsolute(program) && isProgram(program) ? program : undefined;
  return searchPath
    .split(path.delimiter)
    .filter(directory => path.isAbsolute(directory))
    .map(directory => path.join(directory, program))
    .find(isProgram);
}
