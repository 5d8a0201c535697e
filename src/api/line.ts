import net from 'node:net';
import {type Client, createClient, type Interceptor} from '@connectrpc/connect';
import {createConnectTransport} from '@connectrpc/connect-node';
import {AppError} from '../errors.ts';
import {pause, systemClock} from '../lib/clock.ts';
import {orAborted} from '../lib/or-aborted.ts';
import type {Caller} from '../sessions/port.ts';
import {callerHeaders} from './caller.ts';
import {thrownThere} from './errors.ts';
import {DaemonService} from './gen/trails/v1/daemon_service_pb.js';
import {FleetService} from './gen/trails/v1/fleet_service_pb.js';
import {KeptService} from './gen/trails/v1/kept_service_pb.js';
import {NetworkService} from './gen/trails/v1/network_service_pb.js';
import {ProjectService} from './gen/trails/v1/project_service_pb.js';
import {SessionService} from './gen/trails/v1/session_service_pb.js';
import {WideSessions} from './wide-sessions.ts';

/** Calls to one daemon. */
export interface Calls {
  readonly sessions: Client<typeof SessionService>;
  readonly daemon: Client<typeof DaemonService>;
  readonly fleet: Client<typeof FleetService>;
  readonly network: Client<typeof NetworkService>;
  readonly kept: Client<typeof KeptService>;
  readonly projects: Client<typeof ProjectService>;
}

export interface LineOptions {
  readonly socket: string;
  readonly caller: Caller;
  /** Resolves once a daemon that we understand listens on the socket; the signal calls the waiting for it off. Throws DAEMON_UNREACHABLE, DAEMON_VERSION. */
  readonly ready: (signal: AbortSignal) => Promise<unknown>;
  /** How often the daemon is asked for a sign of life while a call is open, and how long it has for it. */
  readonly pulse?: {readonly pingIntervalMs: number; readonly pingTimeoutMs: number};
}

/** The way to the daemon: opened at the first call, and anew after it broke. */
export interface Line {
  /**
   * One call and its answer. `again`: asking twice is asking once, so it is asked again when the daemon dies over it. With the signal
   * it ends at once, with the signal's reason; whether it was done then is not known.
   */
  call<T>(work: (calls: Calls) => Promise<T>, again: boolean, signal?: AbortSignal): Promise<T>;
  /**
   * A stream that goes on with the next daemon when one dies: `open` is called anew. Ends with the signal.
   */
  stream<T>(open: (calls: Calls, signal: AbortSignal) => AsyncIterable<T>, signal: AbortSignal): AsyncIterable<T>;
  /** Ends every call; none is possible any more. */
  close(): void;
}

/** A daemon that dies over each call is not asked for ever. One that lived for so long before did not die of it. */
const mostDeaths = 5;
const longLifeMs = 10_000;
const restMs = 50;
/** A daemon that was stopped or hangs does not break the connection. */
const usualPulse = {pingIntervalMs: 10_000, pingTimeoutMs: 15_000} as const;
/** What may wait on its way to the reader of one stream. */
const windowBytes = 512 * 1024;

/** Nobody listened, so the call was never made. */
const wasNotMade = (error: unknown): boolean =>
  ['ENOENT', 'ECONNREFUSED'].includes(String(((error as Error).cause as NodeJS.ErrnoException | undefined)?.code));

const lost = (message: string, cause: unknown) => new AppError('DAEMON_LOST', message, {cause});

export function openLine({socket, caller, ready, pulse = usualPulse}: LineOptions): Line {
  const closed = new AbortController();
  const left = () => new AppError('CANCELLED', 'Trails is being left');
  let connection: net.Socket | undefined;
  let opening: {readonly calls: Promise<Calls>} | undefined;

  const introduce: Interceptor = next => request => {
    for (const [name, value] of Object.entries(callerHeaders(caller))) request.header.set(name, value);
    return next(request);
  };
  const dial = (): Calls => {
    const idle = {...pulse, idleConnectionTimeoutMs: 2 ** 31 - 1};
    const manager = new WideSessions('http://trails', idle, {
      createConnection() {
        connection = net.connect(socket);
        return connection;
      },
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
    return {
      sessions: createClient(SessionService, transport),
      daemon: createClient(DaemonService, transport),
      fleet: createClient(FleetService, transport),
      network: createClient(NetworkService, transport),
      kept: createClient(KeptService, transport),
      projects: createClient(ProjectService, transport),
    };
  };
  const connect = async (): Promise<Calls> => {
    await orAborted(ready(closed.signal), closed.signal);
    return dial();
  };
  const open = (): {readonly calls: Promise<Calls>} => {
    closed.signal.throwIfAborted();
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
    // Not the manager's own abort: called while a connection is on its way down it lets go of its error, which then ends the process.
    connection?.destroy(new Error('The line to the daemon was closed'));
  };
  /** What ended a call: thrown when it is the daemon's answer, else the line is opened anew. */
  const broke = (error: unknown, one: typeof opening, signal?: AbortSignal): void => {
    signal?.throwIfAborted();
    const thrown = thrownThere(error);
    if (thrown) throw thrown;
    hangUp(one);
    closed.signal.throwIfAborted();
  };
  /** Counts the deaths over one call, and rests a little after each. Throws DAEMON_LOST when there are too many. */
  const createPatience = () => {
    let deaths = 0;
    let since = systemClock.now();
    return {
      async tryAgain(error: unknown, signal: AbortSignal): Promise<void> {
        deaths = systemClock.now() - since > longLifeMs ? 1 : deaths + 1;
        if (deaths >= mostDeaths) throw lost('The daemon ends again and again', error);
        await pause(restMs * deaths, signal);
        since = systemClock.now();
      },
      /** It was of use. */
      renew() {
        deaths = 0;
      },
    };
  };

  return {
    async call(work, again, signal) {
      const patience = createPatience();
      for (;;) {
        const one = open();
        const calls = await orAborted(one.calls, signal);
        try {
          return await work(calls);
        } catch (error) {
          broke(error, one, signal);
          if (!again && !wasNotMade(error)) throw lost('The daemon ended in the middle of this', error);
          await patience.tryAgain(error, closed.signal);
        }
      }
    },
    async *stream(begin, signal) {
      // A reader that stops reading does not end the call by that alone.
      const abandoned = new AbortController();
      const until = AbortSignal.any([signal, closed.signal, abandoned.signal]);
      const patience = createPatience();
      try {
        for (;;) {
          const one = open();
          try {
            const calls = await orAborted(one.calls, until);
            for await (const message of begin(calls, until)) {
              patience.renew();
              yield message;
            }
            return;
          } catch (error) {
            if (until.aborted) return;
            broke(error, one);
            await patience.tryAgain(error, until);
          }
        }
      } catch (error) {
        if (!until.aborted) throw error;
      } finally {
        abandoned.abort();
      }
    },
    close() {
      closed.abort(left());
      hangUp(opening);
    },
  };
}
