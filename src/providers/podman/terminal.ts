import {AppError} from '../../errors.ts';
import {sameSize} from '../../lib/size.ts';
import type {EnvironmentId, Size, TerminalEnd, TerminalOptions, TerminalStream} from '../provider.ts';
import {compat, type Engine} from './engine.ts';
import type {EventHub} from './events.ts';
import {createInput} from './input.ts';
import {followLog, type LogFollower, recordEnd} from './log-follower.ts';

export interface LogTerminalInput {
  readonly engine: Engine;
  readonly hub: EventHub;
  readonly id: EnvironmentId;
  readonly logPath: string;
  readonly options: TerminalOptions;
  /** `gone` when there is no such environment any more. */
  readonly state: () => Promise<'running' | 'ended' | 'gone'>;
}

export const resizePath = (id: string, {columns, rows}: Size): string =>
  `${compat}/containers/${id}/resize?w=${columns}&h=${rows}`;

/** A terminal read from conmon's log on this machine's disk. */
export async function openLogTerminal({
  engine,
  hub,
  id,
  logPath,
  options,
  state,
}: LogTerminalInput): Promise<TerminalStream> {
  let settle: (end: TerminalEnd) => void = () => {};
  const closed = new Promise<TerminalEnd>(resolve => {
    settle = resolve;
  });
  let follower: LogFollower | undefined;
  let over = false;
  let ending = false;
  let size = options.size;
  let settleCaughtUp = () => {};
  const caughtUp = new Promise<void>(resolve => {
    settleCaughtUp = resolve;
  });
  const input = createInput(engine, id);
  let endListening = () => {};

  const end = async (how: TerminalEnd) => {
    if (ending) return;
    ending = true;
    if (how === 'detached') follower?.stop();
    else {
      // Inspecting may tell the end before conmon has written the last output: the exit code comes behind both.
      await engine
        .ask('POST', `${compat}/containers/${id}/wait?condition=not-running`, {accept: [404, 500]})
        .catch(() => {});
      await follower?.finish();
    }
    over = true;
    input.close();
    endListening();
    settle(how);
  };
  const look = async () => {
    const now = await state().catch(() => 'running' as const);
    if (now !== 'running') await end(now === 'ended' ? 'exited' : 'lost');
  };
  endListening = await hub.listen(message => {
    // The log goes on without the engine's service; whether the container still runs is told when it answers again.
    if (message.type === 'broken') return;
    // An event may be late and of an earlier run: what holds is what the engine says now.
    if (message.type === 'gap' || (message.id === id && message.type !== 'started')) void look();
  });
  const now = await state();
  if (now === 'gone') {
    endListening();
    throw new AppError('ENGINE_REFUSED', `There is no environment ${id}`);
  }
  return {
    caughtUp,
    closed,
    onData(listener) {
      follower = followLog(logPath, options, (bytes, at) => {
        if (!over) listener(bytes, at);
      });
      void follower.caughtUp.then(async () => {
        settleCaughtUp();
        if (now === 'ended') await end('exited');
      });
    },
    write: bytes => input.write(bytes),
    async resize(next) {
      // Before the call: a program redraws at once, and what it draws must lie behind the position.
      const position = recordEnd(logPath);
      if (over || sameSize(next, size)) return position;
      size = next;
      await engine.ask('POST', resizePath(id, next), {accept: [409, 500]});
      return position;
    },
    close: () => void end('detached'),
  };
}
