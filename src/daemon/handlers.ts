import {Code, ConnectError, type HandlerContext} from '@connectrpc/connect';
import {callerOf} from '../api/caller.ts';
import {wireError} from '../api/errors.ts';
import {AppError} from '../errors.ts';
import type {Log} from '../lib/log.ts';
import type {Caller, SessionsPort} from '../sessions/port.ts';

export interface Sessions {
  as(caller: Caller): SessionsPort;
}

/** Turns work on the sessions into handlers: the port of whoever calls goes in, errors come out as the wire has them, bugs are logged. */
export function handlersOver(sessions: Sessions, log: Pick<Log, 'error'>) {
  const portOf = (context: HandlerContext) => sessions.as(callerOf(context.requestHeader));
  const told = (error: unknown, context: HandlerContext): ConnectError => {
    if (context.signal.aborted && !(error instanceof AppError)) return new ConnectError('cancelled', Code.Canceled);
    if (!(error instanceof AppError) && !(error instanceof ConnectError))
      log.error('internal error', {
        method: context.method.name,
        stack: error instanceof Error ? error.stack : String(error),
      });
    return wireError(error);
  };
  return {
    call:
      <In, Out>(work: (port: SessionsPort, request: In, signal: AbortSignal) => Promise<Out>) =>
      async (request: In, context: HandlerContext): Promise<Out> => {
        try {
          return await work(portOf(context), request, context.signal);
        } catch (error) {
          throw told(error, context);
        }
      },
    stream: <In, Out>(work: (port: SessionsPort, request: In, signal: AbortSignal) => AsyncIterable<Out>) =>
      async function* (request: In, context: HandlerContext): AsyncIterable<Out> {
        try {
          yield* work(portOf(context), request, context.signal);
        } catch (error) {
          throw told(error, context);
        }
      },
  };
}

export type Handlers = ReturnType<typeof handlersOver>;
