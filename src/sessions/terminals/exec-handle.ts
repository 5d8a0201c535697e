import type {EnvironmentId, ExecStream, Provider} from '../../providers/provider.ts';
import {createOutputGuard} from '../../terminal/guard.ts';
import type {ExecHandle, ExecRequest} from '../port.ts';

/** A command with a terminal of its own draws on the user's: its output is made safe like an agent's. */
function handleOf(stream: ExecStream, tty: boolean): ExecHandle {
  // Whoever waits for the end hears of it; a client that went away does not.
  stream.exit.catch(() => {});
  return {
    onOutput(listener) {
      const guard = tty ? createOutputGuard() : undefined;
      stream.onOutput((from, bytes) => listener(from, guard ? guard.feed(bytes) : bytes));
    },
    pause: stream.pause,
    resume: stream.resume,
    write: bytes => stream.stdin.write(bytes),
    end: () => stream.stdin.end(),
    resize: size => void stream.resize(size).catch(() => {}),
    kill: () => stream.kill(),
    exit: stream.exit,
  };
}

/** Starts a further process in a session's environment. */
export async function openExec(
  provider: Provider,
  environment: EnvironmentId,
  {argv, tty, env}: ExecRequest,
): Promise<ExecHandle> {
  const term = tty ? {TERM: 'xterm-256color'} : {};
  const options = {...(tty ? {tty} : {}), env: {...term, ...env}};
  return handleOf(await provider.exec(environment, argv, options), tty !== undefined);
}
