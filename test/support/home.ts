import {mkdirSync, mkdtempSync, realpathSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {afterEach} from 'vitest';
import {type Paths, pathsFrom} from '../../src/lib/paths.ts';

const made: string[] = [];
afterEach(() => {
  for (const directory of made.splice(0)) rmSync(directory, {recursive: true, force: true});
});

/** A directory that goes away behind the test. */
export function temporaryDirectory(): string {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-t-')));
  made.push(directory);
  return directory;
}

const homeIn = (home: string): {readonly home: string; readonly paths: Paths} => {
  const paths = pathsFrom({TRAILS_HOME: home});
  for (const directory of [paths.config, paths.state, paths.runtime])
    mkdirSync(directory, {recursive: true, mode: 0o700});
  return {home, paths};
};

/** A TRAILS_HOME of the test's own, with its paths made. */
export const temporaryHome = () => homeIn(temporaryDirectory());

/** One that is there for several tests, until it is removed. */
export function lastingHome() {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-t-')));
  return {...homeIn(home), remove: () => rmSync(home, {recursive: true, force: true})};
}
