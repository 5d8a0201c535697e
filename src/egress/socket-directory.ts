import {once} from 'node:events';
import {chmodSync, closeSync, constants, mkdirSync, openSync, rmSync} from 'node:fs';
import type {Server} from 'node:net';
import path from 'node:path';
import {AppError} from '../errors.ts';

/** Its name in the directory that a sandbox sees. */
export const socketName = 'proxy.sock';

/** A unix socket's path is at most 107 bytes on Linux. */
const longestPath = 103;

/** Listens in a directory, whatever was there before. The agent is another user, and the directories above keep others out. Throws STATE_UNUSABLE. */
export async function listenIn(directory: string, server: Server): Promise<() => void> {
  let held: number | undefined;
  const letGo = () => {
    if (held !== undefined) closeSync(held);
    held = undefined;
  };
  try {
    mkdirSync(directory, {recursive: true, mode: 0o711});
    chmodSync(directory, 0o711);
    const file = path.join(directory, socketName);
    rmSync(file, {force: true});
    let place = file;
    if (Buffer.byteLength(file) > longestPath) {
      held = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
      place = `/proc/self/fd/${held}/${socketName}`;
    }
    server.listen(place);
    await once(server, 'listening');
    chmodSync(file, 0o666);
    server.once('close', letGo);
    return () => {
      // Whoever serves after us has put his own there: closing unlinks ours by its name.
      server.close();
      rmSync(file, {force: true});
    };
  } catch (cause) {
    letGo();
    throw new AppError('STATE_UNUSABLE', `Could not listen in ${directory}: ${(cause as Error).message}`, {cause});
  }
}
