import {chmodSync, chownSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import type {EnvironmentSpec, Owner} from '../provider.ts';
import {relayFiles} from '../sandbox/relay/relay.ts';

export const ownerOf = (directory: string): Owner => {
  const {uid, gid} = statSync(directory);
  return {uid, gid};
};

/** What is mounted from a state directory: whether the agent writes it, and who else may look in. */
const places = {
  // Readable inside by a user of another id; outside, the directory above keeps everybody else out.
  home: {mode: 0o755, agents: true},
  run: {mode: 0o755, agents: false},
  secrets: {mode: 0o700, agents: true},
  tmp: {mode: 0o700, agents: true},
} as const;

/** The engine's log and what is mounted from a state directory. Names the agent sees nothing of. */
export function makeDirectories(spec: EnvironmentSpec): string {
  const {uid, gid} = ownerOf(spec.workspace);
  mkdirSync(spec.stateDir, {recursive: true, mode: 0o700});
  for (const [name, {mode, agents}] of Object.entries(places)) {
    const directory = path.join(spec.stateDir, name);
    mkdirSync(directory, {recursive: true});
    chmodSync(directory, mode);
    // Who owns the workspace is who the agent is.
    if (agents && process.getuid?.() === 0) chownSync(directory, uid, gid);
  }
  if (spec.network === 'allowlist')
    for (const [name, content] of Object.entries(relayFiles))
      writeFileSync(path.join(spec.stateDir, 'run', name), content, {mode: 0o644});
  return path.join(spec.stateDir, 'output.log');
}
