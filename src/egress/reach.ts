import {once} from 'node:events';
import type {Socket} from 'node:net';
import type {Clock} from '../lib/clock.ts';
import type {Outside} from './outside.ts';
import {type Address, isPublic} from './policy/addresses.ts';

const resolveWithinMs = 10_000;
const connectWithinMs = 10_000;
/** Of one name. Each is waited for in turn. */
const mostTried = 4;

/** Why there is no connection, in words for a person. `denied`: it was not tried. */
export class Unreached extends Error {
  readonly denied: boolean;
  constructor(message: string, options: {readonly denied: boolean; readonly cause?: unknown}) {
    super(message, {cause: options.cause});
    this.denied = options.denied;
  }
}

export interface Reaching {
  readonly outside: Outside;
  readonly clock: Clock;
  /** Nobody needs the connection any more. */
  readonly signal: AbortSignal;
  /** Addresses that are not public are fine, too. */
  readonly anywhere?: boolean;
}

/** Rejects with the signal's reason, or when the time is over; the rest of the work goes on unheard. */
async function within<T>(work: Promise<T>, ms: number, what: string, {clock, signal}: Reaching): Promise<T> {
  signal.throwIfAborted();
  let giveUp = (_: unknown) => {};
  const over = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  const cancel = clock.after(ms, () =>
    giveUp(new Unreached(`${what} took longer than ${ms / 1000} s`, {denied: false})),
  );
  const aborted = () => giveUp(signal.reason);
  signal.addEventListener('abort', aborted, {once: true});
  try {
    return await Promise.race([work, over]);
  } finally {
    cancel();
    signal.removeEventListener('abort', aborted);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** The addresses of a host, all of them public. Throws Unreached. */
export async function addressesOf(host: string, reaching: Reaching): Promise<readonly Address[]> {
  const asked = reaching.outside.resolve(host).catch(cause => {
    throw new Unreached(`its name could not be resolved (${codeOf(cause)})`, {denied: false, cause});
  });
  asked.catch(() => {});
  const found = await within(asked, resolveWithinMs, 'resolving its name', reaching);
  const inside = reaching.anywhere
    ? undefined
    : found.find(address => !isPublic(address) || reaching.outside.isOwn(address));
  if (inside)
    throw new Unreached(`its name leads to ${inside.address}, which is this machine’s, or not of the internet`, {
      denied: true,
    });
  if (found.length === 0) throw new Unreached('its name has no address', {denied: false});
  return found.slice(0, mostTried);
}

async function connected(address: Address, port: number, reaching: Reaching): Promise<Socket> {
  const socket = reaching.outside.dial(address, port);
  try {
    const waiting = once(socket, 'connect');
    waiting.catch(() => {});
    await within(waiting, connectWithinMs, 'connecting', reaching);
    return socket;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  }
}

/**
 * A connection to a host. Its name is resolved once, and exactly what was looked at is dialled: a second answer of the DNS changes
 * nothing. Throws Unreached, and the signal's reason.
 */
export async function reach(host: string, port: number, reaching: Reaching): Promise<Socket> {
  let last: unknown;
  for (const address of await addressesOf(host, reaching)) {
    try {
      return await connected(address, port, reaching);
    } catch (error) {
      reaching.signal.throwIfAborted();
      last = error;
    }
  }
  if (last instanceof Unreached) throw last;
  throw new Unreached(`it could not be reached (${codeOf(last)})`, {denied: false, cause: last});
}
