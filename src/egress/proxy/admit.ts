import type {IncomingMessage} from 'node:http';
import type {Socket} from 'node:net';
import type {Clock} from '../../lib/clock.ts';
import type {Gate} from '../gate.ts';
import type {Outside} from '../outside.ts';
import {reach, Unreached} from '../reach.ts';
import {headerProblem} from './headers.ts';
import {malformed, never, notAllowed, type Refusal, unreached} from './refusals.ts';
import type {Refused, Target} from './target.ts';

/** What the requests of one session are answered with. */
export interface Serving {
  readonly session: string;
  readonly gate: Gate;
  readonly outside: Outside;
  readonly clock: Clock;
}

/** An agent may think for long, and a language server's line be quiet for longer. */
export const quietForMs = 3_600_000;

/** Whoever asked, as far as going away is concerned. */
interface Leaving {
  once(event: 'close', call: () => void): unknown;
  destroy(): unknown;
}

export interface Admitted {
  readonly target: Target;
  readonly socket: Socket;
  note(outcome: 'allowed' | 'denied' | 'failed', reason?: string): void;
}

/**
 * A connection to where a request wants to go, or what it is refused with; undefined when whoever asked has gone. `client` goes with what
 * was allowed: when that is blocked, it is cut.
 */
export async function admit(
  {session, gate, outside, clock}: Serving,
  request: IncomingMessage,
  client: Leaving,
  targetOf: (url: string, host: string | undefined) => Target | Refused,
): Promise<Admitted | {readonly refusal: Refusal} | undefined> {
  const problem = headerProblem(request.rawHeaders);
  if (problem) return {refusal: malformed(problem)};
  const target = targetOf(request.url ?? '', request.headers.host);
  if ('status' in target) {
    const {host, port, reason, status} = target;
    if (host === undefined || port === undefined) return {refusal: malformed(reason)};
    gate.note({host, port, outcome: 'denied', reason});
    return {refusal: status === 400 ? malformed(reason) : never(host, reason)};
  }
  const {host, port} = target;
  const note: Admitted['note'] = (outcome, reason = '') => gate.note({host, port, outcome, reason});
  const refusal = gate.refusal(host);
  if (refusal) {
    note('denied', refusal);
    return {refusal: notAllowed(session, host, refusal)};
  }
  const left = new AbortController();
  const over = gate.opened(host, () => void client.destroy());
  client.once('close', () => {
    over();
    left.abort();
  });
  try {
    const socket = await reach(host, port, {outside, clock, signal: left.signal});
    socket.on('error', () => {});
    return {target, socket, note};
  } catch (error) {
    if (!(error instanceof Unreached)) return undefined;
    note(error.denied ? 'denied' : 'failed', error.message);
    return {refusal: error.denied ? never(host, error.message) : unreached(host, error.message)};
  }
}
