import {AppError} from '../../errors.ts';
import {type Clock, elapsed} from '../../lib/clock.ts';
import type {EnvironmentId, Size} from '../provider.ts';
import {compat, type Engine} from './engine.ts';
import {attachPath} from './input.ts';
import {resizePath} from './resize.ts';

/** How often, and how far apart, a start is tried that meets the end of the run before. */
const tries = 20;
const apartMs = 100;

/** Podman cleans up behind a run after it has told its end, and takes away what was just made for the next one. */
const isBetweenRuns = (error: unknown): boolean =>
  error instanceof AppError && error.message.includes('container state improper');

async function startOnce(
  engine: Engine,
  id: EnvironmentId,
  size: Size,
  signal: AbortSignal | undefined,
): Promise<void> {
  // Attach makes the terminal, so that its size holds from the first byte: a resize before it is refused.
  const socket = await engine.upgrade(attachPath(id), {signal});
  socket.on('error', () => {});
  socket.resume();
  try {
    await engine.ask('POST', resizePath(id, size), {signal});
    await engine.ask('POST', `${compat}/containers/${id}/start`, {signal});
  } finally {
    socket.destroy();
  }
}

/** Starts a Podman container whose terminal has this size from its first byte. */
export async function startSized(
  {engine, clock}: {readonly engine: Engine; readonly clock: Clock},
  id: EnvironmentId,
  size: Size,
  signal?: AbortSignal,
): Promise<void> {
  for (let left = tries; ; left--) {
    try {
      return await startOnce(engine, id, size, signal);
    } catch (error) {
      if (left === 1 || !isBetweenRuns(error)) throw error;
    }
    await elapsed(clock, apartMs, signal ?? new AbortController().signal);
    signal?.throwIfAborted();
  }
}
