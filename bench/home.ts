import {mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {type Paths, pathsFrom} from '../src/lib/paths.ts';

export interface Home {
  readonly paths: Paths;
  /** For programs of ours: this home, and nothing of the caller's terminal but its size. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A new directory for one session to work in. */
  repo(name: string): string;
  close(): void;
}

/** A TRAILS_HOME of a bench's own. */
export function openHome(): Home {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-bench-')));
  const temporary = path.join(directory, 'tmp');
  mkdirSync(temporary);
  const {NO_COLOR: _, FORCE_COLOR: __, CI: ___, ...env} = process.env;
  return {
    paths: pathsFrom({TRAILS_HOME: directory}),
    env: {
      ...env,
      TRAILS_HOME: directory,
      TMPDIR: temporary,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      LC_ALL: 'C.UTF-8',
    },
    repo(name) {
      const repo = path.join(directory, 'repos', name);
      mkdirSync(repo, {recursive: true});
      return repo;
    },
    close: () => rmSync(directory, {recursive: true, force: true}),
  };
}
