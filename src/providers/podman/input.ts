import type {Socket} from 'node:net';
import {compat, type Engine} from './engine.ts';

/** Docker and Podman end an attachment at ctrl-p ctrl-q unless told another key; empty means the default to Docker. */
const detachKeys = 'ctrl-@,ctrl-_,ctrl-@,ctrl-_,ctrl-@';

export const attachPath = (id: string): string =>
  `${compat}/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1&detachKeys=${encodeURIComponent(detachKeys)}`;

/** The way of keys to an agent. */
export interface TerminalInput {
  write(bytes: Uint8Array): void;
  close(): void;
}

/**
 * An attach connection for typing, opened with the first key. Podman sends the output on it whether asked or not, and a
 * reader that pauses freezes the container: so it is read, always, and thrown away.
 */
export function createInput(engine: Engine, id: string): TerminalInput {
  let socket: Socket | undefined;
  let opening = false;
  let closed = false;
  let waiting: Uint8Array[] = [];
  const open = async () => {
    opening = true;
    try {
      const fresh = await engine.upgrade(attachPath(id));
      if (closed) return void fresh.destroy();
      fresh.setNoDelay(true);
      fresh.resume();
      const gone = () => {
        if (socket === fresh) socket = undefined;
      };
      fresh.on('error', gone);
      fresh.on('close', gone);
      socket = fresh;
      for (const bytes of waiting.splice(0)) fresh.write(bytes);
    } catch {
      // Keys for an agent that has just ended have no receiver; the end itself is told by the terminal.
      waiting = [];
    } finally {
      opening = false;
    }
  };
  return {
    write(bytes) {
      if (closed) return;
      if (socket) return void socket.write(bytes);
      waiting.push(bytes);
      if (!opening) void open();
    },
    close() {
      closed = true;
      socket?.destroy();
    },
  };
}
