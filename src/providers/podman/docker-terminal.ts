import type {Socket} from 'node:net';
import {sameSize} from '../../lib/size.ts';
import type {EnvironmentId, TerminalEnd, TerminalOptions, TerminalStream} from '../provider.ts';
import {compat, type Engine} from './engine.ts';
import type {EventHub} from './events.ts';
import {attachPath} from './input.ts';
import {resizePath} from './terminal.ts';

export interface AttachTerminalInput {
  readonly engine: Engine;
  readonly hub: EventHub;
  readonly id: EnvironmentId;
  readonly options: TerminalOptions;
  readonly state: () => Promise<'running' | 'ended' | 'gone'>;
}

/**
 * A terminal over the engine's own connection, for Docker and for engines whose log is out of reach. What was printed before comes
 * from the engine's log, which is not byte-exact; positions count the bytes handed on.
 */
export async function openDockerTerminal({
  engine,
  hub,
  id,
  options,
  state,
}: AttachTerminalInput): Promise<TerminalStream> {
  let settle: (end: TerminalEnd) => void = () => {};
  const closed = new Promise<TerminalEnd>(resolve => {
    settle = resolve;
  });
  let settleCaughtUp = () => {};
  const caughtUp = new Promise<void>(resolve => {
    settleCaughtUp = resolve;
  });
  let socket: Socket | undefined;
  let position = 0;
  let size = options.size;
  let over = false;
  const early: Uint8Array[] = [];
  let endListening = () => {};
  const end = (how: TerminalEnd) => {
    if (over) return;
    over = true;
    endListening();
    socket?.destroy();
    settleCaughtUp();
    settle(how);
  };
  const running = (await state()) === 'running';
  if (running) {
    // Attached before the log is read: what comes between the two is doubled rather than lost.
    socket = await engine.upgrade(attachPath(id));
    socket.setNoDelay(true);
    socket.on('data', bytes => early.push(bytes));
    socket.on('error', () => {});
    socket.once(
      'close',
      () =>
        void state().then(
          now => end(now === 'gone' ? 'lost' : 'exited'),
          () => end('lost'),
        ),
    );
    endListening = await hub.listen(message => {
      if ('id' in message && message.id === id && message.type === 'removed') end('lost');
    });
  }
  return {
    caughtUp,
    closed,
    onData(listener) {
      const deliver = (bytes: Uint8Array) => {
        const skipped = Math.max(0, Math.min(bytes.length, options.from - position));
        position += bytes.length;
        if (!over && skipped < bytes.length) listener(bytes.subarray(skipped), position);
      };
      const history = async () => {
        const log = await engine.stream('GET', `${compat}/containers/${id}/logs?stdout=1&stderr=1&tail=all`);
        for await (const bytes of log) deliver(bytes as Buffer);
      };
      void history()
        .catch(() => {})
        .then(() => {
          for (const bytes of early.splice(0)) deliver(bytes);
          socket?.removeAllListeners('data');
          socket?.on('data', deliver);
          settleCaughtUp();
          if (!running) end('exited');
        });
    },
    write: bytes => void (socket?.writable && socket.write(bytes)),
    async resize(next) {
      if (!over && !sameSize(next, size)) {
        size = next;
        await engine.ask('POST', resizePath(id, next), {accept: [409, 500]});
      }
      return position;
    },
    close: () => end('detached'),
  };
}
