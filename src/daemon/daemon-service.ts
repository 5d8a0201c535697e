import {timestampFromMs} from '@bufbuild/protobuf/wkt';
import type {ServiceImpl} from '@connectrpc/connect';
import {findingWords} from '../api/enums.ts';
import type {DaemonService} from '../api/gen/trails/v1/daemon_service_pb.js';
import {AppError} from '../errors.ts';
import type {Handlers} from './handlers.ts';
import {protocol} from './handshake.ts';

/** What the daemon says of itself. */
export interface DaemonFacts {
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  count(): {readonly sessions: number; readonly live: number};
  clients(): number;
  /** Ends it in order, soon after this returns. */
  stop(why: string): void;
}

export const daemonService = ({call}: Handlers, facts: DaemonFacts): Partial<ServiceImpl<typeof DaemonService>> => ({
  getInfo: call(async () => {
    const {sessions, live} = facts.count();
    return {
      version: facts.version,
      ...protocol,
      pid: BigInt(facts.pid),
      startTime: timestampFromMs(facts.startedAt),
      sessions,
      liveSessions: live,
      clients: facts.clients(),
    };
  }),
  shutdown: call(async (_port, {pid}) => {
    if (pid !== 0n && pid !== BigInt(facts.pid))
      throw new AppError('DAEMON_LOST', `The daemon ${pid} has ended already; this is ${facts.pid}`);
    facts.stop('a client asked for it');
    return {};
  }),
  doctor: call(async (port, _request, signal) => ({
    findings: (await port.doctor(signal)).map(({state, fix = '', ...rest}) => ({
      ...rest,
      fix,
      state: findingWords.wire(state),
    })),
  })),
});
