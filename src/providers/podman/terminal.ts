import {AppError} from '../../errors.ts';
import type {Clock} from '../../lib/clock.ts';
import type {FileFollower} from '../file-follower.ts';
import type {EnvironmentId, TerminalEnd, TerminalOptions, TerminalStream} from '../provider.ts';
import {compat, type Engine} from './engine.ts';
import type {EventHub} from './events.ts';
import {createInput} from './input.ts';
import {followLog, recordEnd} from './log-follower.ts';
import {createResizes} from './resize.ts';

export interface LogTerminalInput {
  readonly engine: Engine;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly id: EnvironmentId;
  readonly logPath: string;
  readonly options: TerminalOptions;
  /** `gone` when there is no such environment any more. */
  readonly state: () => Promise<'running' | 'ended' | 'gone'>;
}

/** A terminal read from conmon's log on this machine's disk. */
export async function openLogTerminal({
  engine,
  hub,
  clock,
  id,
  logPath,
  options,
  state,
}: LogTerminalInput): Promise<TerminalStream> {
  let settle: (end: TerminalEnd) => void = () => {};
  const closed = new Promise<TerminalEnd>(resolve => {
    settle = resolve;
  });
  let follower: FileFollower | undefined;
  let over = false;
  let ending = false;
  const caughtUp = Promise.withResolvers<void>();
  const listened = Promise.withResolvers<void>();
  const input = createInput(engine, id);
  let endListening = () => {};
  const resizes = createResizes(engine, clock, id);

  const finish = (how: TerminalEnd) => {
    if (over) return;
    over = true;
    follower?.stop();
    input.close();
    resizes.stop();
    endListening();
    caughtUp.resolve();
    settle(how);
  };
  const end = async (how: 'exited' | 'lost') => {
    if (ending) return;
    ending = true;
    // A program may be over before anybody listens: its output is theirs all the same.
    await listened.promise;
    // Inspecting may tell the end before conmon has written the last output: the exit code comes behind both.
    const waiting = `${compat}/containers/${id}/wait?condition=not-running`;
    await engine.ask('POST', waiting, {accept: [404, 500]}).catch(() => {});
    await follower?.finish();
    finish(how);
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
    caughtUp: caughtUp.promise,
    closed,
    onData(listener) {
      follower = followLog(logPath, options, (bytes, at) => {
        if (!over) listener(bytes, at);
      });
      listened.resolve();
      void follower.caughtUp.then(async () => {
        caughtUp.resolve();
        if (now === 'ended') await end('exited');
      });
    },
    write: bytes => input.write(bytes),
    async resize(next) {
      // Before the call: a program redraws at once, and what it draws must lie behind the position.
      let position = recordEnd(logPath);
      if (over) return position;
      // Another process may have changed it meanwhile: the engine alone knows whether this is a change.
      await resizes.tell(next, () => {
        position = recordEnd(logPath);
      });
      return position;
    },
    pause: () => follower?.pause(),
    resume: () => follower?.resume(),
    close: () => finish('detached'),
  };
}
