import {readFileSync} from 'node:fs';
import net from 'node:net';
import {createEgress} from '../../src/egress/create-egress.ts';
import {runKeeper} from '../../src/egress/keeper/keeper.ts';
import {keptEgress} from '../../src/egress/keeper/kept-egress.ts';
import {systemClock as clock} from '../../src/lib/clock.ts';
import {startDetached} from '../../src/lib/exec.ts';
import {silentLog} from '../../src/lib/log.ts';
import {keeperFiles, pathsFrom} from '../../src/lib/paths.ts';

// `keep` is a keeper before an internet of two ports on loopback; `daemon` serves a session by it until it is killed, and says "served".

const {env} = process;
const paths = pathsFrom(env);
const {socket, output} = keeperFiles(paths);
const version = env.TEST_VERSION ?? '1';
const ports = JSON.parse(env.TEST_PORTS ?? '{}') as Record<number, number>;

const outside = {
  resolve: async () => [{address: '93.184.216.34', family: 4} as const],
  isOwn: () => false,
  dial: (_: unknown, port: number) => net.connect({host: '127.0.0.1', port: ports[port] ?? 1, allowHalfOpen: true}),
  ...(env.TEST_CA ? {ca: readFileSync(env.TEST_CA, 'utf8')} : {}),
};

if (process.argv[2] === 'keep') {
  await runKeeper({socket, egress: createEgress({clock, outside}), clock, log: silentLog, version});
  process.exit(0);
} else {
  const egress = keptEgress({
    ...{socket, version, clock, log: silentLog},
    start() {
      const {ended} = startDetached(process.execPath, [process.argv[1] ?? '', 'keep'], {logFile: output});
      let why: string | undefined;
      void ended.then(code => {
        why = `exit code ${code}`;
      });
      return () => why;
    },
  });
  await egress.serve('s1', env.TEST_DIRECTORY ?? '', JSON.parse(env.TEST_POLICY ?? '{}'));
  process.stdout.write('served\n');
  setInterval(() => {}, 1000);
}
