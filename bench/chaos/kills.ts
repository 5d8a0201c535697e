import type {History} from './history.ts';
import type {Model} from './model.ts';
import type {Random} from './random.ts';
import type {Watching} from './watching.ts';
import type {World} from './world.ts';

export interface Kills {
  /** Kills something at random. */
  one(): void;
  daemon(): void;
  engine(): void;
  client(): void;
}

const gone = (pid: number): boolean => {
  try {
    process.kill(pid, 'SIGKILL');
    return false;
  } catch {
    return true;
  }
};

export function createKills(world: World, model: Model, watching: Watching, random: Random, history: History): Kills {
  const daemon = () => {
    const pids = world.daemons();
    if (pids.length === 0) return;
    // Counted before: who is told of the death must find it in the books.
    model.deaths += 1;
    watching.carrierDies();
    watching.daemonDies();
    for (const pid of pids) gone(pid);
    history.note(`KILL daemon ${pids.join(' ')}`);
  };
  const engine = () => {
    const pid = world.engineService();
    if (pid === undefined || gone(pid)) return;
    watching.carrierDies();
    history.note(`KILL engine service ${pid}`);
  };
  const client = () => {
    const viewer = random.pick(watching.viewers.filter(({kind}) => kind === 'pty'));
    if (!viewer) return;
    history.note(`KILL client attached to ${viewer.session.name}`);
    watching.leave(viewer, 'kill');
  };
  const all = () => {
    engine();
    daemon();
    client();
  };
  const kinds = [daemon, daemon, daemon, engine, client, all] as const;
  return {daemon, engine, client, one: () => random.pick(kinds)?.()};
}
