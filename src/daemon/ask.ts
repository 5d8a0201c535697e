import {AppError} from '../errors.ts';
import {unixHttp} from '../lib/http-unix.ts';
import type {RunningSpeaker} from './handshake.ts';

export interface DaemonInfo extends RunningSpeaker {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  readonly sessions: number;
  readonly clients: number;
}

/** The two questions that every version answers. They reject with what broke the connection, when it broke. */
export interface Ask {
  info(signal: AbortSignal): Promise<DaemonInfo>;
  /** Ends this very daemon in order, not one that has taken its place; sessions run on. */
  shutdown(pid: number, signal: AbortSignal): Promise<void>;
}

/** Plain HTTP and JSON: the API's own client takes longer to load than the question to be answered. */
export function askOver(socketPath: string): Ask {
  const call = async (
    method: string,
    body: object,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const http = unixHttp(socketPath);
    try {
      const {status, body: said} = await http.ask('POST', `/trails.v1.DaemonService/${method}`, {body, signal});
      const answer = typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
      if (status === 200) return answer;
      throw new AppError('DAEMON_UNREACHABLE', `The daemon refused ${method}: ${answer.message ?? `HTTP ${status}`}`);
    } finally {
      http.close();
    }
  };
  return {
    async info(signal) {
      const answer = await call('GetInfo', {}, signal);
      // JSON of protobuf leaves zeros out, and writes large numbers as text.
      const number = (key: string) => Number(answer[key] ?? 0);
      return {
        version: String(answer.version ?? ''),
        protocolMin: number('protocolMin'),
        protocolMax: number('protocolMax'),
        pid: number('pid'),
        since: Date.parse(String(answer.startTime ?? '')) || 0,
        sessions: number('sessions'),
        liveSessions: number('liveSessions'),
        clients: number('clients'),
      };
    },
    async shutdown(pid, signal) {
      await call('Shutdown', {pid}, signal);
    },
  };
}
