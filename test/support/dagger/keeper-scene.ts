import path from 'node:path';
import {systemClock} from '../../../src/lib/clock.ts';
import {privateDirectory} from '../../../src/lib/files.ts';
import {type Fields, silentLog} from '../../../src/lib/log.ts';
import {createAgentRun} from '../../../src/providers/dagger/agent/run.ts';
import {keeperArgs, keeperFiles} from '../../../src/providers/dagger/inside/brought.ts';
import {socketInside} from '../../../src/providers/dagger/inside/places.ts';
import {makeKeys} from '../../../src/providers/dagger/link/keys.ts';
import type {Link, LinkKeys} from '../../../src/providers/dagger/link/link.ts';
import {createLink} from '../../../src/providers/dagger/link/listen.ts';
import {usualPath} from '../../../src/providers/provider.ts';
import {type Box, startBox} from './local-box.ts';

export const connected = (link: Link, wanted = true): Promise<void> =>
  new Promise(resolve => {
    const look = () => {
      if (link.connected !== wanted) return;
      end();
      resolve();
    };
    const end = link.onChange(look);
    look();
  });

/** A box with a keeper in it, and what this machine needs to talk to it, below a directory of the test's. */
export function keeperScene(home: string) {
  const socket = path.join(home, 'link/socket');
  const directory = privateDirectory(path.join(home, 'run'));
  const keys = makeKeys();
  const clock = systemClock;
  const open: (() => Promise<unknown>)[] = [];
  let refused: (why: string) => void = () => {};
  const log = {...silentLog, warn: (_: string, fields?: Fields) => refused(String(fields?.why))};
  return {
    ...{socket, directory, keys, clock},
    /** Calls with the reason whenever something at the link is not believed. */
    onRefused(listener: (why: string) => void) {
      refused = listener;
    },
    async link(withKeys: LinkKeys = keys): Promise<Link> {
      const link = await createLink({socket, keys: withKeys, clock, log});
      open.push(() => link.close());
      return link;
    },
    async box(withKeys: LinkKeys = keys): Promise<Box> {
      const box = await startBox({
        env: {PATH: usualPath},
        files: keeperFiles(withKeys),
        directories: [],
        socket: {source: socket, target: socketInside},
        args: keeperArgs,
      });
      open.push(() => box.kill());
      return box;
    },
    run(link: Link) {
      const run = createAgentRun({link, directory, clock, log, home: '/home/agent'});
      open.push(async () => run.close());
      return run;
    },
    async close() {
      for (const end of open.splice(0).reverse()) await end();
    },
  };
}
