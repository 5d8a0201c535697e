import type net from 'node:net';

/** Connections that come before there is anybody to serve them. What they say meanwhile stays in their buffers. */
export interface WaitingRoom {
  enter(socket: net.Socket): void;
  /** Those who wait are served, and all who come later at once. */
  open(serve: (socket: net.Socket) => void): void;
  /** Sends away who still waits. */
  close(): void;
}

export function createWaitingRoom(): WaitingRoom {
  const waiting = new Set<net.Socket>();
  let serve: ((socket: net.Socket) => void) | undefined;
  // A client that gives up is no error of ours.
  const ignore = () => {};
  return {
    enter(socket) {
      if (serve) return serve(socket);
      waiting.add(socket);
      socket.on('error', ignore);
      socket.once('close', () => waiting.delete(socket));
    },
    open(next) {
      serve = next;
      for (const socket of waiting) {
        // What broke one that has gone may still be to be told.
        if (socket.destroyed) continue;
        socket.off('error', ignore);
        next(socket);
      }
      waiting.clear();
    },
    close() {
      for (const socket of waiting) socket.destroy();
      waiting.clear();
    },
  };
}
