import {spawn} from 'node:child_process';
import {chmodSync, chownSync, mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {onPath} from '../../../src/lib/on-path.ts';
import {changesProgram} from '../../../src/providers/dagger/inside/changes.ts';
import {changesFile, insidePlace} from '../../../src/providers/dagger/inside/places.ts';
import type {Channel, Link} from '../../../src/providers/dagger/link/link.ts';
import {usualPath} from '../../../src/providers/provider.ts';

/** Why no command can be run as if it were inside; undefined where one can. */
export const insideMissing: string | undefined =
  process.getuid?.() !== 0
    ? 'the agent inside is another user: that needs root'
    : ['bwrap', 'setpriv', 'perl'].flatMap(name => (onPath(name, usualPath) ? [] : [`${name} is not installed`]))[0];

export interface LocalLink extends Link {
  /** A directory of the agent's, which is at `/mnt/inside/NAME` for what is run. */
  readonly inside: (name: string) => string;
  /** Breaks the connection when so many bytes have come; undefined: never. */
  breakAt: number | undefined;
  /** Bytes that come in the place of the command's own. */
  forge: Uint8Array | undefined;
}

/** Runs each command as root in a sandbox of this machine: what comes of it is what would come over ssh. */
export function localLink(home: string, program = changesProgram): LocalLink {
  const [place, inside] = [path.join(home, 'run'), path.join(home, 'inside')];
  for (const directory of [place, inside]) mkdirSync(directory, {recursive: true});
  chmodSync(place, 0o700);
  for (const directory of [home, inside]) chmodSync(directory, 0o755);
  writeFileSync(path.join(place, path.basename(changesFile)), program, {mode: 0o600});
  const link: LocalLink = {
    connected: true,
    contactAt: undefined,
    breakAt: undefined,
    forge: undefined,
    onChange: () => () => {},
    close: async () => {},
    inside(name) {
      const directory = path.join(inside, name);
      mkdirSync(directory, {recursive: true});
      chownSync(directory, 1000, 1000);
      return directory;
    },
    async run(commandLine) {
      const child = spawn(
        'bwrap',
        [
          ...['--dev-bind', '/', '/', '--tmpfs', '/run', '--bind', place, insidePlace, '--tmpfs', '/mnt'],
          ...['--bind', inside, '/mnt/inside', '--cap-add', 'ALL', '--die-with-parent'],
          // What is killed takes with it what it began.
          ...['--unshare-pid', '--proc', '/proc'],
          ...['/bin/sh', '-c', commandLine],
        ],
        {stdio: ['ignore', 'pipe', 'pipe']},
      );
      let came = 0;
      let broken = false;
      const end = () => {
        broken = true;
        child.kill('SIGKILL');
      };
      const channel: Channel = {
        write: async () => {},
        end: () => {},
        onOutput(listener) {
          if (link.forge) {
            listener('stdout', link.forge);
            return;
          }
          child.stdout.on('data', (piece: Buffer) => {
            came += piece.byteLength;
            if (broken) return;
            const rest = link.breakAt === undefined ? piece.byteLength : piece.byteLength - (came - link.breakAt);
            listener('stdout', piece.subarray(0, Math.max(0, rest)));
            if (rest < piece.byteLength) end();
          });
          child.stderr.on('data', (piece: Buffer) => listener('stderr', piece));
        },
        pause: () => void child.stdout.pause(),
        resume: () => void child.stdout.resume(),
        resize: () => {},
        closed: new Promise(resolve => child.once('close', code => resolve(broken ? undefined : (code ?? 137)))),
        close: () => void child.kill('SIGKILL'),
      };
      return channel;
    },
  };
  return link;
}
