import net from 'node:net';
import {type Client, createClient, type Interceptor} from '@connectrpc/connect';
import {createConnectTransport, Http2SessionManager} from '@connectrpc/connect-node';
import {AppError} from '../errors.ts';
import {pause} from '../lib/clock.ts';
import type {Caller} from '../sessions/port.ts';
import {callerHeaders} from './caller.ts';
import {thrownThere} from './errors.ts';
import {DaemonService} from './gen/trails/v1/daemon_service_pb.js';
import {SessionService} from './gen/trails/v1/session_service_pb.js';

/** Calls to one daemon. */
export interface Calls {
  readonly sessions: Client<typeof SessionService>;
  readonly daemon: Client<typeof DaemonService>;
}

export interface LineOptions {
  readonly socket: string;
  readonly caller: Caller;
  /** Resolves once a daemon that we understand listens on the socket. Throws DAEMON_UNREACHABLE, DAEMON_VERSION. */
  readonly ready: () => Promise<unknown>;
}

/** The way to the daemon: opened at the first call, and anew after it broke. */
export interface Line {
  /** One call and its answer. `again`: asking twice is asking once, so it is asked again when the daemon dies over it. */
  call<T>(work: (calls: Calls) => Promise<T>, again: boolean, signal?: AbortSignal): Promise<T>;
  /**
   * A stream that goes on with the next daemon when one dies: `open` is called anew. Ends with the signal.
   */
  stream<T>(open: (calls: Calls, signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T>;
  /** Ends every call; none is possible any more. */
  close(): void;
}

/** A daemon that dies over each call is not asked for ever. */
const mostDeaths = 5;
const restMs = 50;
/** As large as the server's: what may wait on its way to a reader. */
const windowBytes = 256 * 1024;

const lost = (message: string, cause: unknown) => new AppError('DAEMON_LOST', message, {cause});

export function openLine({socket, caller, ready}: LineOptions): Line {
  const closed = new AbortController();
  let manager: Http2SessionManager | undefined;
  let opening: {readonly calls: Promise<Calls>} | undefined;

  const introduce: Interceptor = next => request => {
    for (const [name, value] of Object.entries(callerHeaders(caller))) request.header.set(name, value);
    return next(request);
  };
  const dial = (): Calls => {
    const idle = {idleConnectionTimeoutMs: 2 ** 31 - 1};
    manager = new Http2SessionManager('http://trails', idle, {
      createConnection: () => net.connect(socket),
      settings: {initialWindowSize: windowBytes},
    });
    // Its own protocol, not gRPC: a call without a trailer is a third quicker.
    const transport = createConnectTransport({
      httpVersion: '2',
      useBinaryFormat: true,
      baseUrl: 'http://trails',
      sessionManager: manager,
      interceptors: [introduce],
      acceptCompression: [],
    });
    return {sessions: createClient(SessionService, transport), daemon: createClient(DaemonService, transport)};
  };
  const connect = async (): Promise<Calls> => {
    await ready();
    return dial();
  };
  const open = (): {readonly calls: Promise<Calls>} => {
    if (closed.signal.aborted) throw new AppError('CANCELLED', 'Trails is being left');
    if (opening) return opening;
    const one = {calls: connect()};
    opening = one;
    one.calls.catch(() => hangUp(one));
    return one;
  };
  /** Others may have noticed first, and be on the next one by now. */
  const hangUp = (one: typeof opening) => {
    if (!one || opening !== one) return;
    opening = undefined;
    manager?.abort();
  };
  /** What ended a call: thrown when it is the daemon's answer, else the line is opened anew. */
  const broke = (error: unknown, one: typeof opening): void => {
    const thrown = thrownThere(error);
    if (thrown) throw thrown;
    hangUp(one);
    if (closed.signal.aborted) throw new AppError('CANCELLED', 'Trails is being left', {cause: error});
  };

  return {
    async call(work, again, signal) {
      for (let deaths = 1; ; deaths += 1) {
        const one = open();
        const calls = await one.calls;
        try {
          return await work(calls);
        } catch (error) {
          signal?.throwIfAborted();
          broke(error, one);
          if (!again || deaths === mostDeaths) throw lost('The daemon ended in the middle of this', error);
          await pause(restMs * deaths, closed.signal);
        }
      }
    },
    async *stream(begin, signal) {
      // A reader that stops reading does not end the call by that alone.
      const left = new AbortController();
      const until = AbortSignal.any([signal, closed.signal, left.signal]);
      try {
        for (let deaths = 1; ; deaths += 1) {
          const one = open();
          try {
            const calls = await one.calls;
            for await (const message of begin(calls, until)) {
              deaths = 0;
              yield message;
            }
            return;
          } catch (error) {
            if (until.aborted) return;
            broke(error, one);
            if (deaths >= mostDeaths) throw lost('The daemon ends again and again', error);
            await pause(restMs * deaths, until).catch(() => {});
            if (until.aborted) return;
          }
        }
      } finally {
        left.abort();
      }
    },
    close() {
      closed.abort();
      hangUp(opening);
    },
  };
}
