import type {Paths} from '../../src/lib/paths.ts';
import {planSetup} from '../../src/providers/podman/setup.ts';

/** What `trails setup --yes` does: afterwards a container starts here. What is there already is left alone. */
export async function writeTestSettings(paths: Paths): Promise<void> {
  const tell = (line: string) => void (process.env.TRAILS_LOG === 'debug' && process.stderr.write(`${line}\n`));
  for (const step of await planSetup({paths, env: process.env})) await step.run(tell);
}
