import {tmpdir} from 'node:os';
import path from 'node:path';
import {run} from '../../../src/lib/exec.ts';
import {reference} from './pinned.ts';

export type AgentsImage = {readonly reference: string} | {readonly missing: string};

/** The image with the real agents, made when it is not there: a minute or two, once. `missing` says what the network did not give. */
export async function agentsImage(): Promise<AgentsImage> {
  const program = path.join(import.meta.dirname, 'build.ts');
  // Several test files want it at the same time: one makes it, the others wait.
  const lock = path.join(tmpdir(), 'trails-test-agents.lock');
  const {exitCode, stdout, stderr} = await run('flock', [lock, process.execPath, program]);
  if (exitCode === 0) return {reference};
  if (exitCode === 75) return {missing: stdout.trim()};
  throw new Error(`The image of the agents could not be made: ${stderr.trim().slice(-2000)}`);
}
