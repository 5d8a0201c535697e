import {AppError} from '../errors.ts';
import type {ExecOptions, ExecStream} from './provider.ts';

/** In the environment that is meant. The engine's own archive call works as a user whom mapped mounts refuse. */
type Exec = (command: readonly [string, ...string[]], options?: ExecOptions) => Promise<ExecStream>;

async function failed(stream: ExecStream, said: () => string, what: string): Promise<AppError | undefined> {
  const code = await stream.exit;
  return code === 0
    ? undefined
    : new AppError('ENGINE_REFUSED', `${what} failed with code ${code}: ${said().trim().slice(0, 300)}`);
}

/** Unpacks a tar as the agent's user, by the tar of the image. */
export async function copyIn(
  exec: Exec,
  directory: string,
  tar: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const stream = await exec(['tar', '-x', '-f', '-', '--no-same-owner', '-C', directory], signal ? {signal} : {});
  let said = '';
  stream.onOutput((_stream, bytes) => {
    if (said.length < 2000) said += Buffer.from(bytes).toString();
  });
  for await (const bytes of tar) await stream.stdin.write(bytes);
  stream.stdin.end();
  const error = await failed(stream, () => said, `Copying into ${directory}`);
  if (error) throw error;
}

/** A tar of one path, made by the image's tar. Throws at the end when it failed. */
export async function copyOut(exec: Exec, source: string, signal?: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const at = source.lastIndexOf('/');
  const [parent, name] = [source.slice(0, at) || '/', source.slice(at + 1) || '.'];
  const stream = await exec(['tar', '-c', '-f', '-', '-C', parent, '--', name], signal ? {signal} : {});
  const pieces: Uint8Array[] = [];
  let said = '';
  let over = false;
  let wake = () => {};
  stream.onOutput((from, bytes) => {
    if (from === 'stdout') pieces.push(bytes);
    else if (said.length < 2000) said += Buffer.from(bytes).toString();
    wake();
  });
  const end = stream.exit.finally(() => {
    over = true;
    wake();
  });
  end.catch(() => {});
  return (async function* () {
    for (;;) {
      yield* pieces.splice(0);
      if (over && pieces.length === 0) break;
      if (over || pieces.length > 0) continue;
      await new Promise<void>(resolve => {
        wake = resolve;
      });
    }
    const error = await failed(stream, () => said, `Copying ${source}`);
    if (error) throw error;
  })();
}
