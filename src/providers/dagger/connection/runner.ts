import net from 'node:net';
import {AppError} from '../../../errors.ts';
import type {Env} from './cli.ts';
import {plain} from './faults.ts';

const patienceMs = 10_000;

/** Where something must listen, of an address that says so: `unix:///run/engine.sock`, `tcp://host:1234`. */
function listeningAt(address: string): net.NetConnectOpts | undefined {
  if (address.startsWith('unix://')) return {path: address.slice('unix://'.length)};
  const [, host, port] = /^tcp:\/\/\[?([^/\]]+?)\]?:(\d{1,5})$/.exec(address) ?? [];
  return host === undefined || Number(port) > 65_535 ? undefined : {host, port: Number(port)};
}

function connected(to: net.NetConnectOpts, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({...to, signal} as net.NetConnectOpts);
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/**
 * A CLI says nothing for minutes where nobody listens at the address of its engine: so that is asked first. Throws ENGINE_UNREACHABLE.
 */
export async function requireRunner(
  {_EXPERIMENTAL_DAGGER_RUNNER_HOST: address = ''}: Env,
  signal: AbortSignal,
): Promise<void> {
  const to = listeningAt(address);
  if (!to) return;
  try {
    await connected(to, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
  } catch (cause) {
    signal.throwIfAborted();
    const why =
      (cause as Error).name === 'AbortError' ? `no answer within ${patienceMs / 1000} s` : (cause as Error).message;
    throw new AppError('ENGINE_UNREACHABLE', `No Dagger engine listens at ${plain(address)}: ${plain(why)}`, {
      cause,
      hint: 'Start the engine that _EXPERIMENTAL_DAGGER_RUNNER_HOST names, or name another one; unset, the CLI starts its own.',
    });
  }
}
