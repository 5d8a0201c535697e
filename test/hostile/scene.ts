import {execFileSync, spawnSync} from 'node:child_process';
import {chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {systemClock} from '../../src/lib/clock.ts';
import {pathsFrom} from '../../src/lib/paths.ts';
import {createMock} from '../../src/providers/mock/provider.ts';
import type {Provider} from '../../src/providers/provider.ts';
import type {SessionsPort, SessionView, WorkspaceMode} from '../../src/sessions/port.ts';
import {createService} from '../../src/sessions/service.ts';
import {nothingCommitted} from '../../src/workspaces/returning/agent-work.ts';
import {contextOver} from '../support/service-fixture.ts';
import {type Canary, openCanary, plainEnv} from './canary.ts';
import {stateOf} from './sentinel.ts';

/** What a secret of the user's says: it must never come out of anything. */
export const secret = 'the-secret-of-the-user';

/** What the environment of a session prints when it is asked for the agent's commits. */
export type Printed =
  | {readonly pieces: Iterable<Uint8Array>; readonly exitCode?: number; readonly said?: string}
  | undefined;

export interface Scene {
  readonly home: string;
  readonly canary: Canary;
  readonly port: SessionsPort;
  /** The user's repository. */
  readonly user: string;
  /** Beside it: a secret, a repository that runs the canary, an empty directory. */
  readonly outside: string;
  /** From now on this comes out of every sandbox. */
  prints(printed: Printed): void;
  /** A session on the user's repository. */
  create(mode?: WorkspaceMode): Promise<SessionView>;
  /** As the agent does, on the same files. */
  plant(session: SessionView, script: string): void;
  /** Runs a script on a copy of the session's files; answers with whom the canary noted. */
  plainly(session: SessionView, script: string, where?: 'copy' | 'here'): readonly string[];
  git(...args: readonly string[]): string;
  /** Everything that is no business of an apply. */
  surroundings(): readonly string[];
  close(): Promise<void>;
}

const identity =
  '[user]\n\tname = User\n\temail = user@localhost\n[init]\n\tdefaultBranch = main\n[safe]\n\tdirectory = *\n';

function makeOutside(outside: string, program: string, env: NodeJS.ProcessEnv): void {
  mkdirSync(path.join(outside, 'empty'), {recursive: true});
  mkdirSync(path.join(outside, 'dir'));
  writeFileSync(path.join(outside, 'dir/inner.txt'), `${secret}\n`);
  writeFileSync(path.join(outside, 'secret'), `${secret}\n`);
  const other = path.join(outside, 'other');
  const git = (...args: string[]) => execFileSync('git', args, {cwd: other, env, stdio: 'pipe'});
  mkdirSync(other);
  git('init', '-q');
  writeFileSync(path.join(other, 'file.txt'), `${secret}\n`);
  git('add', '.');
  git('commit', '-qm', 'first');
  git('config', 'core.fsmonitor', `${program} other`);
}

/** The user's side: a repository with a few files, and things beside it. */
export function makeUser(home: string, program: string) {
  const env = plainEnv(home);
  writeFileSync(path.join(home, 'gitconfig'), identity);
  const outside = path.join(home, 'outside');
  makeOutside(outside, program, env);
  const user = path.join(home, 'user');
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, {cwd: user, env, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: 'pipe'});
  mkdirSync(path.join(user, 'dir'), {recursive: true});
  for (const [name, text] of Object.entries({
    'file.txt': 'one\ntwo\n',
    'dir/inner.txt': 'inner\n',
    'run.sh': '#!/bin/sh\n',
  }))
    writeFileSync(path.join(user, name), text);
  chmodSync(path.join(user, 'run.sh'), 0o755);
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
  return {user, outside, git, env};
}

/** A service over the mock provider, or over what `over` makes of it, whose sessions' files a test writes itself, and a user with something to lose. */
export async function openScene(over: (provider: Provider) => Provider = provider => provider): Promise<Scene> {
  const home = realpathSync(mkdtempSync(path.join(tmpdir(), 'trails-hostile-')));
  const canary = openCanary(home, path.join(home, 'outside'));
  const {user, outside, git} = makeUser(home, canary.program);
  const paths = pathsFrom({TRAILS_HOME: path.join(home, 'trails')});
  mkdirSync(paths.state, {recursive: true, mode: 0o700});
  let printed: Printed;
  const mock = createMock({
    clock: systemClock,
    programFor: argv => host => {
      if (!argv.at(-1)?.includes('bundle create')) return;
      for (const piece of printed?.pieces ?? []) host.print(piece);
      if (printed?.said) host.print(printed.said, 'stderr');
      host.exit(printed ? (printed.exitCode ?? 0) : nothingCommitted);
    },
  });
  const service = createService({context: contextOver(paths, over(mock), systemClock)});
  const port = service.as({pid: process.pid, command: 'trails test'});
  canary.fired();
  return {
    ...{home, canary, port, user, outside, git},
    prints(next) {
      printed = next;
    },
    create: (mode = 'clone') =>
      port.create(
        {
          ...{agent: 'shell', args: ['idle'], repo: user, workspace: mode, env: {}, limits: {}},
          size: {columns: 80, rows: 24},
        },
        () => {},
        new AbortController().signal,
      ),
    plant(session, script) {
      canary.plainly(script, session.workspace.path);
      canary.fired();
    },
    plainly(session, script, where = 'copy') {
      const copy = path.join(home, 'copy');
      const {status} =
        where === 'copy' ? spawnSync('cp', ['-a', session.workspace.path, copy], {stdio: 'ignore'}) : {status: 1};
      // What cannot even be copied is tried where it is.
      canary.plainly(script, status === 0 ? copy : session.workspace.path);
      execFileSync('rm', ['-rf', copy]);
      return canary.fired();
    },
    surroundings: () => stateOf(home, name => /^(trails|user|user-.*|restored|canary-notes)$/.test(name)),
    async close() {
      await service.close();
      execFileSync('rm', ['-rf', home]);
    },
  };
}
