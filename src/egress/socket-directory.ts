import {once} from 'node:events';
import {chmodSync, mkdirSync, rmSync} from 'node:fs';
import type {Server} from 'node:net';
import path from 'node:path';
import {AppError} from '../errors.ts';
import {socketPlace} from './socket-place.ts';

/** Its name in the directory that a sandbox sees. */
export const socketName = 'proxy.sock';

/** Listens in a directory, whatever was there before. The agent is another user, and the directories above keep others out. Throws STATE_UNUSABLE. */
export async function listenIn(directory: string, server: Server): Promise<void> {
  let letGo = () => {};
  try {
    mkdirSync(directory, {recursive: true, mode: 0o711});
    chmodSync(directory, 0o711);
    const file = path.join(directory, socketName);
    rmSync(file, {force: true});
    const {place, close} = socketPlace(directory, socketName);
    letGo = close;
    server.listen(place);
    await once(server, 'listening');
    chmodSync(file, 0o666);
    server.once('close', letGo);
  } catch (cause) {
    letGo();
    throw new AppError('STATE_UNUSABLE', `Could not listen in ${directory}: ${(cause as Error).message}`, {cause});
  }
}
