import type {Socket} from 'node:net';
import {sameSize} from '../../lib/size.ts';
import type {EnvironmentId, TerminalEnd, TerminalOptions, TerminalStream} from '../provider.ts';
import {splitAt} from '../split-at.ts';
import {compat, type Engine} from './engine.ts';
import type {EventHub} from './events.ts';
import {attachPath} from './input.ts';
import {resizePath} from './resize.ts';
import type {InspectJson} from './translate.ts';

export interface AttachTerminalInput {
  readonly engine: Engine;
  readonly hub: EventHub;
  readonly id: EnvironmentId;
  readonly options: TerminalOptions;
  readonly state: () => Promise<'running' | 'ended' | 'gone'>;
}

const logsPath = (id: EnvironmentId): string => `${compat}/containers/${id}/logs?stdout=1&stderr=1&tail=all`;

/** How many bytes the engine has recorded: positions of this terminal count them. */
export async function countedRecord(engine: Engine, id: EnvironmentId): Promise<number> {
  let count = 0;
  for await (const bytes of await engine.stream('GET', logsPath(id))) count += (bytes as Buffer).length;
  return count;
}

/** Of the record this much is compared with what came live meanwhile. */
const joinBytes = 16 * 1024;

/** How many bytes at the start of `live` are also the end of the record: both were told of them. */
export function overlap(record: Buffer, live: Buffer): number {
  for (let length = Math.min(record.length, live.length); length > 0; length -= 1) {
    if (record.subarray(record.length - length).equals(live.subarray(0, length))) return length;
  }
  return 0;
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
  const paused = async (): Promise<boolean> => {
    const {body} = await engine.ask('GET', `${compat}/containers/${id}/json`);
    return (body as InspectJson).State.Status === 'paused';
  };
  const attach = async () => {
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
  };
  const running = (await state()) === 'running';
  let wake = () => {};
  if (running) {
    // Attached before the log is read, so that nothing falls between the two; what both have is told once.
    await attach().catch(async error => {
      // Docker attaches nobody to one that is paused: until it goes on there is nothing but its log.
      if (!(await paused())) throw error;
    });
    endListening = await hub.listen(message => {
      if (!('id' in message) || message.id !== id) return;
      if (message.type === 'removed') end('lost');
      if (message.type === 'resumed' && !socket) wake();
    });
  }
  return {
    caughtUp,
    closed,
    onData(listener) {
      const deliver = (bytes: Uint8Array) => {
        for (const piece of splitAt(bytes, position, options.cuts)) {
          const skipped = Math.max(0, Math.min(piece.length, options.from - position));
          position += piece.length;
          if (!over && skipped < piece.length) listener(piece.subarray(skipped), position);
        }
      };
      let tail: Buffer = Buffer.alloc(0);
      const history = async () => {
        const log = await engine.stream('GET', logsPath(id));
        let at = 0;
        for await (const bytes of log) {
          const known = Math.max(0, position - at);
          at += (bytes as Buffer).length;
          deliver((bytes as Buffer).subarray(known));
          tail = Buffer.concat([tail, bytes as Buffer]).subarray(-joinBytes);
        }
      };
      const catchUp = () =>
        history()
          .catch(() => {})
          .then(() => {
            const live = Buffer.concat(early.splice(0));
            deliver(live.subarray(overlap(tail, live)));
            socket?.removeAllListeners('data');
            socket?.on('data', deliver);
          });
      wake = () => void attach().then(catchUp, () => end('lost'));
      void catchUp().then(() => {
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
    // What Docker's API brings waits nowhere but here.
    pause: () => {},
    resume: () => {},
    close: () => end('detached'),
  };
}
