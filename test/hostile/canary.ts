import {spawnSync} from 'node:child_process';
import {chmodSync, existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';

/** A program outside every tree of a test that notes who called it: an attack that works makes it run. */
export interface Canary {
  readonly program: string;
  /** What was noted since the last call, without doubles. */
  fired(): readonly string[];
  /** Runs a script as a person would who knows of no attack, `CANARY` and `OUTSIDE` being set; its failures are its own. */
  plainly(script: string, directory: string): void;
}

/** `outside`: what the scripts know as `OUTSIDE`. */
export function openCanary(home: string, outside: string): Canary {
  const program = path.join(home, 'canary');
  const notes = path.join(home, 'canary-notes');
  writeFileSync(program, `#!/bin/sh\necho "$1" >> '${notes}'\n`);
  chmodSync(program, 0o755);
  return {
    program,
    fired() {
      if (!existsSync(notes)) return [];
      const names = readFileSync(notes, 'utf8').split('\n');
      rmSync(notes);
      return [...new Set(names.filter(name => name !== ''))];
    },
    plainly(script, directory) {
      spawnSync('sh', ['-c', script], {
        cwd: directory,
        stdio: ['ignore', 'ignore', process.env.HOSTILE_LOUD ? 'inherit' : 'ignore'],
        timeout: 180_000,
        killSignal: 'SIGKILL',
        env: {...plainEnv(home), CANARY: program, OUTSIDE: outside},
      });
    },
  };
}

/** A person's own shell, without the settings of whoever runs the tests. */
export const plainEnv = (home: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: home,
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: path.join(home, 'gitconfig'),
  GIT_TERMINAL_PROMPT: '0',
});
