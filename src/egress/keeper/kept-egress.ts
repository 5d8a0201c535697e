import {AppError} from '../../errors.ts';
import {type Clock, pause} from '../../lib/clock.ts';
import type {Log} from '../../lib/log.ts';
import type {Egress, EgressPolicy, EgressState} from '../egress.ts';
import {isAbsent, type Line, openLine} from './line.ts';
import type {Handed, Told} from './messages.ts';

export interface KeptOptions {
  /** Of the keeper. */
  readonly socket: string;
  /** Of ours: a keeper of another one is replaced. */
  readonly version: string;
  /** Starts a keeper in the background. The function that is returned tells why it ended, once it has. */
  start(): () => string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

const patienceMs = 10_000;
const pauseMs = 15;
const retryMs = 1000;
const nothing: EgressState = {attempts: [], routes: []};

/** What one no longer knows of the keys, the other may. */
const withKeys = (policy: EgressPolicy, other: EgressPolicy | undefined): EgressPolicy =>
  policy.token === '' && other ? {...policy, token: other.token, routes: other.routes} : policy;

/** Egress by the keeper, which is started when it is first needed and once more whenever it has gone. */
export function keptEgress({socket, version, start, clock, log}: KeptOptions): Egress {
  const wanted = new Map<string, Handed>();
  const states = new Map<string, EgressState>();
  const listeners = new Set<(id: string) => void>();
  let line: Promise<Line | undefined> | undefined;
  let closed = false;

  const told = ({id, state}: Told) => {
    states.set(id, state);
    for (const listener of listeners) listener(id);
  };
  /** One that is there, or undefined where none is and none is to be started. */
  const find = async (mayStart: boolean): Promise<Line | undefined> => {
    let ended: (() => string | undefined) | undefined;
    const until = clock.now() + patienceMs;
    for (let last: unknown; ; await pause(pauseMs)) {
      try {
        const found = await openLine(socket, {clock, onTold: told});
        if (found.hello.version === version) return found;
        log.info('a keeper of another version is replaced', {version: found.hello.version, pid: found.hello.pid});
        for (const one of await found.ask<'retire'>({ask: 'retire'})) {
          const own = wanted.get(one.id);
          wanted.set(one.id, {...one, policy: own ? withKeys(own.policy, one.policy) : one.policy});
        }
        found.close();
        ended = undefined;
      } catch (error) {
        if (!isAbsent(error)) last = error;
        else if (!mayStart) return undefined;
        else ended ??= start();
      }
      const why =
        ended?.() ?? (clock.now() > until ? ((last as Error | undefined)?.message ?? 'it does not answer') : undefined);
      if (why !== undefined)
        throw new AppError('STATE_UNUSABLE', `Sessions cannot be let out: ${why}`, {
          hint: 'The last lines of egress.log in the state directory tell more.',
        });
    }
  };
  /** One that cannot be served is no reason against the others. */
  const serveAll = async (found: Line) => {
    for (const one of [...wanted.values()])
      await found
        .ask<'serve'>({ask: 'serve', ...one})
        .catch((error: Error) => log.warn('a session is not let out', {session: one.id, why: error.message}));
  };
  const openAnew = async (mayStart: boolean): Promise<Line | undefined> => {
    const found = await find(mayStart);
    if (!found) return undefined;
    for (const one of found.hello.states) told(one);
    await serveAll(found);
    void found.closed.then(() => {
      line = undefined;
      if (closed || wanted.size === 0) return;
      log.warn('the keeper has gone: it is started anew', {sessions: wanted.size});
      revive();
    });
    return found;
  };
  const ready = async (mayStart: boolean): Promise<Line | undefined> => {
    line ??= openAnew(mayStart);
    const opening = line;
    try {
      const found = await opening;
      if (found) return found;
    } catch (error) {
      if (line === opening) line = undefined;
      throw error;
    }
    if (line === opening) line = undefined;
    return mayStart ? ready(true) : undefined;
  };
  const revive = () => {
    ready(true).catch((error: Error) => {
      log.error('sessions are without their way out', {sessions: wanted.size, why: error.message});
      clock.after(retryMs, () => {
        if (!closed && wanted.size > 0) revive();
      });
    });
  };

  return {
    async serve(id, directory, policy) {
      const before = wanted.get(id);
      const one = {id, directory, policy: withKeys(policy, before?.policy)};
      wanted.set(id, one);
      try {
        await (await ready(true))?.ask<'serve'>({ask: 'serve', ...one});
      } catch (error) {
        if (wanted.get(id) === one && !before) wanted.delete(id);
        throw error;
      }
    },
    async once(id, host) {
      await (await ready(true))?.ask<'once'>({ask: 'once', id, host});
    },
    async end(id) {
      wanted.delete(id);
      await (await ready(false))?.ask<'end'>({ask: 'end', id});
      states.delete(id);
    },
    state: id => states.get(id) ?? nothing,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      (await line?.catch(() => undefined))?.close();
    },
  };
}
