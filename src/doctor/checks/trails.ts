import path from 'node:path';
import {missing, ok, warning} from '../../lib/checkup/check.ts';
import {asRoot, runOrThrow, shown} from '../../lib/checkup/hands.ts';
import type {FileFacts, Machine} from '../../lib/checkup/machine.ts';
import type {DoctorView, MachineCheck} from '../view.ts';

const leastNode = [24, 15] as const;
/** What a unix socket's path may have on this system. */
const longestSocket: Partial<Record<NodeJS.Platform, number>> = {linux: 107, darwin: 103};

const directoriesOf = ({paths}: DoctorView): readonly string[] => [...new Set(Object.values(paths) as string[])];

interface Trouble {
  readonly directory: string;
  readonly what: string;
  readonly command: readonly string[];
}

function troubleOf(directory: string, facts: FileFacts | undefined, {user}: Machine): Trouble | undefined {
  if (!facts) return undefined;
  const octal = facts.mode.toString(8).padStart(4, '0');
  if (facts.kind !== 'directory')
    return {directory, what: `${directory} is not a directory`, command: ['mv', directory, `${directory}.old`]};
  if (facts.uid !== user.uid) {
    const command = asRoot(['chown', '-R', user.name, directory], user.uid);
    return {directory, what: `${directory} belongs to user ${facts.uid}, not to you`, command};
  }
  if (facts.mode & 0o077) {
    return {directory, what: `${directory} is open to others (${octal})`, command: ['chmod', '0700', directory]};
  }
  return undefined;
}

async function troubles(view: DoctorView): Promise<readonly Trouble[]> {
  const found = await Promise.all(
    directoriesOf(view).map(async at => troubleOf(at, await view.machine.about(at), view.machine)),
  );
  return found.filter(trouble => trouble !== undefined);
}

export const trailsChecks: readonly MachineCheck[] = [
  {
    id: 'trails.node',
    title: 'Node',
    why: 'Trails is written for this version: SQLite and type stripping are part of it',
    fix: `Install Node ${leastNode.join('.')} or newer: https://nodejs.org/en/download`,
    look({nodeVersion}) {
      const [major = 0, minor = 0] = nodeVersion.replace(/^v/, '').split('.').map(Number);
      const fine = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
      return fine ? ok(nodeVersion) : missing(`${nodeVersion}: at least ${leastNode.join('.')} is needed`);
    },
  },
  {
    id: 'trails.config',
    title: 'Settings',
    why: 'a setting that is not understood is not guessed at: nothing starts with it',
    fix: 'trails config edit',
    async look({config}) {
      try {
        return ok(await config());
      } catch (error) {
        return missing((error as Error).message);
      }
    },
  },
  {
    id: 'trails.directories',
    title: 'Its own directories',
    why: 'what agents print, and the socket that commands them, are for nobody but you',
    fix: 'chmod 0700 them; chown them to yourself',
    async look(view) {
      const found = await troubles(view);
      if (found.length === 0) return ok(`${view.paths.state}, closed to others`);
      const fix = found.map(({command}) => shown(command)).join(' && ');
      return missing(found.map(({what}) => what).join('; '), fix);
    },
    async mend(view) {
      const found = await troubles(view);
      if (found.length === 0) return undefined;
      return {
        name: 'trails.directories',
        title: 'Close the directories of Trails to others',
        why: found.map(({what}) => what).join('; '),
        detail: found.map(({command}) => shown(command)).join(' && '),
        async run(onLine) {
          for (const {command} of found) await runOrThrow(command, onLine);
        },
      };
    },
  },
  {
    id: 'trails.socket',
    title: 'Path of the socket',
    why: 'a system takes no longer path for a socket, and cuts it off without a word',
    fix: 'Set TRAILS_HOME or XDG_RUNTIME_DIR to a shorter path.',
    look({paths, machine}) {
      const at = path.join(paths.runtime, 'trails.sock');
      const length = Buffer.byteLength(at);
      const most = longestSocket[machine.platform] ?? 103;
      return length > most ? missing(`${at}: ${length} bytes of ${most}`) : ok(`${length} bytes of ${most}`);
    },
  },
  {
    id: 'trails.daemon',
    title: 'Daemon',
    why: 'an older one goes on with what it knows until it is ended',
    fix: 'trails daemon stop (sessions run on; the next command starts the new one)',
    async look({version, daemon}) {
      const running = await daemon();
      if (!running) return ok('does not run: the next command starts it');
      const detail = `process ${running.pid}, version ${running.version}`;
      return running.version === version ? ok(detail) : warning(`${detail}; this is ${version}`);
    },
  },
  {
    id: 'trails.database',
    title: 'Record of sessions',
    why: 'sessions are found by their rows in it',
    fix: 'trails daemon stop, then move trails.db away: containers that still run are found again by their labels',
    async look({database, paths}) {
      const wrong = await database();
      if (!wrong) return ok('none yet');
      const file = path.join(paths.state, 'trails.db');
      return wrong.length === 0 ? ok('sound') : missing(`${file} is damaged: ${wrong.slice(0, 2).join('; ')}`);
    },
  },
];
