import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {pathsFrom} from '../../src/lib/paths.ts';
import {writeTestSettings} from './podman-settings.ts';

async function install(): Promise<void> {
  const home = mkdtempSync(path.join(tmpdir(), 'trails-setup-'));
  try {
    await writeTestSettings(pathsFrom({TRAILS_HOME: home}));
  } finally {
    rmSync(home, {recursive: true, force: true});
  }
}

/** Vitest asks for each of its projects, each with modules of its own, in one process. */
const installing = globalThis as {trailsTestSetup?: Promise<void>};

/** Once before all tests: what `trails setup --yes` installs, so that no two test files install at the same time. */
export default async function setup(): Promise<void> {
  installing.trailsTestSetup ??= install();
  await installing.trailsTestSetup;
}
