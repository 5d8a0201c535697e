import {AppError} from '../../../errors.ts';
import type {Clock} from '../../../lib/clock.ts';
import type {ExecOptions, ExecStream} from '../../provider.ts';
import {keeperClient} from '../inside/brought.ts';
import {
  commandTexts,
  createFrames,
  frame,
  type Kind,
  number16,
  number32,
  position64,
  sizeBytes,
} from '../inside/frames.ts';
import type {Channel, Link} from '../link/link.ts';
import {createTyping} from './typing.ts';

/** How long a command that was killed has to be gone. */
const killedMs = 5000;
/** And its channel, behind the end. */
const leavingMs = 2000;
/** Held for a reader that does not listen yet, before the command has to wait. */
const mostHeld = 256 * 1024;

type Listener = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void;

/** Output on its way to one listener, who may pause it. */
function createOutput(channel: Channel) {
  const held: ['stdout' | 'stderr', Uint8Array][] = [];
  let bytesHeld = 0;
  let listener: Listener | undefined;
  let paused = false;
  let whenEmpty: (() => void) | undefined;
  const flow = () => {
    while (listener && !paused && held.length > 0) {
      const [stream, bytes] = held.shift()!;
      bytesHeld -= bytes.length;
      listener(stream, bytes);
    }
    if (held.length > 0 && listener) return;
    whenEmpty?.();
  };
  return {
    push(stream: 'stdout' | 'stderr', bytes: Uint8Array) {
      held.push([stream, Uint8Array.from(bytes)]);
      bytesHeld += bytes.length;
      flow();
      if (bytesHeld > mostHeld) channel.pause();
    },
    deliverTo(next: Listener) {
      listener = next;
      flow();
      if (!paused) channel.resume();
    },
    pause() {
      paused = true;
      channel.pause();
    },
    resume() {
      paused = false;
      flow();
      if (!paused) channel.resume();
    },
    /** Calls when nothing is held for the listener; at once where there is none. */
    end(call: () => void) {
      whenEmpty = call;
      flow();
    },
    /** Nobody waits for what comes now. */
    drop() {
      [paused, listener] = [false, () => {}];
      flow();
      channel.resume();
    },
  };
}

/** A further process: as long as this stream is there, and no longer than the connection. */
export async function startExec(
  {link, clock, env}: {readonly link: Link; readonly clock: Clock; readonly env: Readonly<Record<string, string>>},
  argv: readonly [string, ...string[]],
  {tty, env: more = {}, cwd = '/workspace', user = 'agent', signal}: ExecOptions,
): Promise<ExecStream> {
  signal?.throwIfAborted();
  const channel = await link.run(keeperClient);
  const say = (...message: Parameters<typeof frame>) => void channel.write(frame(...message));
  const exit = Promise.withResolvers<number>();
  exit.promise.catch(() => {});
  const output = createOutput(channel);
  const typing = createTyping((_position, bytes) => say('stdin', bytes));
  let killed = false;
  let over = false;
  let cancelKill = () => {};

  const finish = (settle: () => void) => {
    if (over) return;
    over = true;
    cancelKill();
    signal?.removeEventListener('abort', kill);
    typing.close();
    output.end(settle);
    // It ends by itself, and says so; when it does not, it is let go.
    const cancel = clock.after(leavingMs, () => channel.close());
    void channel.closed.then(cancel);
  };
  const heard = (kind: Kind, payload: Buffer) => {
    if (kind === 'stdout' || kind === 'stderr') output.push(kind, payload);
    else if (kind === 'taken') typing.taken(position64(payload, 0));
    else if (kind === 'exit') finish(() => exit.resolve(payload[0] ?? 255));
  };
  const frames = createFrames(heard);
  const kill = () => {
    if (over || killed) return;
    killed = true;
    say('kill');
    output.drop();
    cancelKill = clock.after(killedMs, () => channel.close());
  };
  const broken = () =>
    finish(() => {
      if (killed) exit.resolve(137);
      else exit.reject(new AppError('ENGINE_UNREACHABLE', 'The connection broke while a command ran'));
    });
  channel.onOutput((stream, bytes) => {
    if (over || stream !== 'stdout') return;
    try {
      frames(bytes);
    } catch {
      channel.close();
    }
  });
  void channel.closed.then(broken);
  say('exec', sizeBytes(tty), commandTexts({argv, where: cwd, user, env: {...env, ...more}}));
  typing.opened(0, 0);
  signal?.addEventListener('abort', kill, {once: true});
  if (signal?.aborted) kill();
  return {
    stdin: {
      write: bytes => typing.write(bytes),
      end: () => typing.end(() => say('stdinEnd')),
    },
    onOutput: output.deliverTo,
    pause: () => output.pause(),
    resume: () => output.resume(),
    async resize(size) {
      if (!over) say('resize', number32(0), number16(size.columns), number16(size.rows));
    },
    exit: exit.promise,
    kill,
  };
}
