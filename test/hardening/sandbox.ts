import {readFileSync} from 'node:fs';
import path from 'node:path';
import {hostImage} from '../../src/providers/podman/host-image.ts';
import type {EnvironmentId, EnvironmentSpec} from '../../src/providers/provider.ts';
import {openPodmanFixture} from '../support/podman.ts';

const size = {columns: 120, rows: 40};
const idle = ['/bin/sh', '-c', 'while :; do sleep 1000; done'] as const;

export interface Said {
  readonly exitCode: number;
  readonly text: string;
}

/** A real sandbox with a process in it that waits. */
export interface Sandboxed {
  readonly id: EnvironmentId;
  readonly spec: EnvironmentSpec;
  /** Runs a script of the shell's in it, as the agent or, as set-up does, as its root. */
  sh(script: string, user?: 'agent' | 'root'): Promise<Said>;
}

/** Real sandboxes on a real Podman, and beside them containers as Podman runs them by itself. */
export async function openHardening() {
  const fixture = await openPodmanFixture();
  const {reference, mounts} = hostImage();

  const open = async (changes: Partial<EnvironmentSpec> = {}): Promise<Sandboxed> => {
    const spec = fixture.spec(changes);
    const id = await fixture.provider.createEnvironment(spec, () => {}, new AbortController().signal);
    await fixture.provider.spawnAgent(id, {argv: idle}, size);
    return {
      id,
      spec,
      async sh(script, user = 'agent') {
        const stream = await fixture.provider.exec(id, ['/bin/sh', '-c', script], {user});
        let text = '';
        stream.onOutput((_, bytes) => {
          text += Buffer.from(bytes).toString('utf8');
        });
        stream.stdin.end();
        return {exitCode: await stream.exit, text: text.trim()};
      },
    };
  };

  /** The same image with the same mounts, and otherwise as Podman has it, but for these flags. */
  const plainly = async (script: string, flags: readonly string[] = []): Promise<Said> => {
    const given = mounts.flatMap(({source, target}) => ['-v', `${source}:${target}:ro`]);
    const args = ['run', '--rm', '--pull=never', ...given, ...flags, reference, '/bin/sh', '-c', script];
    const {exitCode, stdout, stderr} = await fixture.podman(...args);
    return {exitCode: exitCode ?? -1, text: `${stdout}\n${stderr}`.trim()};
  };

  return {...fixture, open, plainly};
}

export type Hardening = Awaited<ReturnType<typeof openHardening>>;

/** A file of an environment's workspace, as this machine sees it. */
export const workspaceFile = ({spec}: Sandboxed, name: string): string =>
  readFileSync(path.join(spec.workspace, name), 'utf8');
