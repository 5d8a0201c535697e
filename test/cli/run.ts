import {PassThrough} from 'node:stream';
import type {CliDeps, Daemon, PortOptions} from '../../src/cli/context.ts';
import {runCli} from '../../src/cli/run-cli.ts';
import {schemas} from '../../src/composition/schemas.ts';
import {configAt} from '../../src/lib/config.ts';
import type {SessionsPort} from '../../src/sessions/port.ts';
import {temporaryDirectory} from '../support/home.ts';
import {epoch, fakePort} from './fake-port.ts';

export interface World extends Partial<Omit<CliDeps, 'stdin' | 'stdout' | 'stderr'>> {
  readonly port?: SessionsPort;
  /** stdin, stdout and stderr are terminals. */
  readonly terminal?: boolean;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

const noDaemon: Daemon = {
  run: async () => 0,
  keep: async () => 0,
  start: () => Promise.reject(new Error('no daemon in this world')),
  stop: async () => false,
  status: async () => undefined,
};

const stream = (isTTY: boolean) => Object.assign(new PassThrough(), {isTTY, columns: 100, rows: 30});

/** The command line over a fake world; `interrupt` is Ctrl-C. */
export function startCli(argv: readonly string[], world: World = {}) {
  const {port = fakePort().port, terminal = false, input, ...own} = world;
  const [stdin, stdout, stderr] = [stream(terminal), stream(terminal), stream(terminal)];
  const opened: PortOptions[] = [];
  const interrupts = new Set<() => void>();
  if (input !== undefined) stdin.end(input);
  const seen = {stdout: '', stderr: ''};
  stdout.on('data', chunk => {
    seen.stdout += chunk;
  });
  stderr.on('data', chunk => {
    seen.stderr += chunk;
  });
  const done = runCli(argv, {
    openPort: async options => {
      opened.push(options);
      return port;
    },
    startDashboard: async () => 0,
    runAttach: async ({attachment}) => attachment.closed,
    doctor: ({ask}) => ask(),
    setup: {missing: async () => [], plan: async () => []},
    daemon: noDaemon,
    explain: {
      screen: () => Promise.reject(new Error('nothing is explained in this world')),
      recording: () => Promise.reject(new Error('nothing is explained in this world')),
    },
    schema: async of => schemas[of],
    runHere: async () => 0,
    onInterrupt(call) {
      interrupts.add(call);
      return () => interrupts.delete(call);
    },
    stdin,
    stdout,
    stderr,
    env: {},
    cwd: () => '/src/api',
    clock: {now: () => epoch, after: () => () => {}},
    config: configAt(temporaryDirectory()),
    version: '1.2.3',
    ...own,
  }).then(code => ({code, ...seen, opened}));
  const interrupt = () => {
    for (const call of [...interrupts]) call();
  };
  return {done, interrupt, stdin, stdout, stderr, seen};
}

export const cli = (argv: readonly string[], world: World = {}) => startCli(argv, world).done;
