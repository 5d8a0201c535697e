import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {homedir} from 'node:os';
import path from 'node:path';
import {AppError} from '../errors.ts';
import type {Step} from '../lib/checkup/step.ts';
import {run} from '../lib/exec.ts';
import {writeWhole} from '../lib/files.ts';
import {daemonFiles, type Paths} from '../lib/paths.ts';
import type {Program} from './spawned.ts';
import {managerVariables, serviceUnit, socketUnit, variablesFor} from './systemd-units.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** Runs `systemctl --user` with these words; tests bring their own. */
export type Systemctl = (args: readonly string[]) => Promise<{readonly exitCode: number; readonly stdout: string}>;

export interface SystemdOptions {
  readonly paths: Paths;
  readonly env: Env;
  readonly program: Program;
  /** Ends a running daemon; sessions run on. */
  stop(): Promise<unknown>;
  readonly systemctl?: Systemctl;
}

const usualSystemctl =
  (env: Env): Systemctl =>
  args =>
    run('systemctl', ['--user', ...args], {env, timeoutMs: 10_000});

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);

/** Offers to let systemd listen for the daemon and start it; empty where no user manager answers, or when it is done already. */
export async function planSystemd(options: SystemdOptions): Promise<readonly Step[]> {
  const {paths, env, program, stop, systemctl = usualSystemctl(env)} = options;
  // A home of its own is for a trial or a test; the units are for the user's one.
  if (process.platform !== 'linux' || env.TRAILS_HOME) return [];
  const shown = await systemctl(['show-environment']);
  if (shown.exitCode !== 0) return [];
  const directory = path.join(env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'systemd/user');
  const variables = variablesFor(env, managerVariables(shown.stdout));
  const units: readonly (readonly [string, string])[] = [
    [path.join(directory, 'trails.socket'), socketUnit(daemonFiles(paths).socket)],
    [path.join(directory, 'trails.service'), serviceUnit([program.file, ...program.args], variables)],
  ];
  const enabled = async () => (await systemctl(['is-enabled', '--quiet', 'trails.socket'])).exitCode === 0;
  if (units.every(([file, text]) => textOf(file) === text) && (await enabled())) return [];
  const command = async (...args: readonly string[]) => {
    const {exitCode} = await systemctl(args);
    if (exitCode === 0) return;
    throw new AppError('CANNOT_CREATE', `\`systemctl --user ${args.join(' ')}\` failed with exit code ${exitCode}`, {
      hint: '`systemctl --user status trails.socket` says why. Trails works without it.',
    });
  };
  return [
    {
      name: 'daemon.systemd',
      title: 'Let systemd start the daemon',
      why: 'Trails starts it by itself too; systemd keeps it apart from the terminal it was first used in, and its output in the journal',
      detail: `${units.map(([file]) => file).join(', ')}; back: systemctl --user disable --now trails.socket trails.service`,
      optional: true,
      async run(onLine) {
        mkdirSync(directory, {recursive: true});
        for (const [file, text] of units) {
          writeWhole(file, text, 0o644);
          onLine(`wrote ${file}`);
        }
        await command('daemon-reload');
        // Its socket would be in the way of the one systemd makes.
        await stop();
        await command('enable', 'trails.socket');
        // Not `enable --now`: that leaves a socket alone that listens already, with the unit it had.
        await command('restart', 'trails.socket');
        onLine('systemd listens');
      },
    },
  ];
}
