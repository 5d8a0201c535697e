import {Worker} from 'node:worker_threads';
import {AppError, type ErrorCode, errorCodes} from '../../errors.ts';
import {systemClock} from '../../lib/clock.ts';
import type {Asked, CallName, ThreadCalls, Told} from './thread-calls.ts';
import {threadProgram} from './thread-program.ts';

/** What one thread may hold; beyond it the thread ends, and nothing else. */
const mostMegabytes = 512;

interface Waiting {
  readonly answer: (value: unknown) => void;
  readonly fail: (error: Error) => void;
  readonly progress: (progress: unknown) => void;
}

export interface CallOptions<Progress = unknown> {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal | undefined;
  /** After it the thread is ended in the middle of its work. */
  readonly timeoutMs: number;
}

/** A thread that does long work on files, so that ours stays free for keys. */
export interface Thread {
  /** Throws what the work throws; WORKSPACE_UNREADABLE when it took too long or too much memory; the signal's reason. */
  call<Name extends CallName>(
    name: Name,
    ask: ThreadCalls[Name]['ask'],
    options: CallOptions,
  ): Promise<ThreadCalls[Name]['answer']>;
  close(): void;
  /** The same, unless it is in the middle of something: then false. */
  rest(): boolean;
}

const isOurs = (code: string | undefined): code is ErrorCode =>
  code !== undefined && (errorCodes as readonly string[]).includes(code);

function thrownThere({code, message, hint, stack}: Extract<Told, {kind: 'error'}>): Error {
  if (isOurs(code)) return new AppError(code, message, {hint});
  const bug = new Error(message);
  bug.stack = stack;
  return bug;
}

/** Starts with the first call; ended in the middle of one, it starts anew with the next. */
export function openThread(): Thread {
  let worker: Worker | undefined;
  let lastId = 0;
  const waiting = new Map<number, Waiting>();

  const end = (why: Error) => {
    const ended = worker;
    worker = undefined;
    for (const one of waiting.values()) one.fail(why);
    waiting.clear();
    void ended?.terminate();
  };
  const begin = (): Worker => {
    const started = new Worker(threadProgram, {
      name: 'workspaces',
      resourceLimits: {maxOldGenerationSizeMb: mostMegabytes},
      // The daemon's own options are for the daemon.
      execArgv: [],
    });
    started.unref();
    started.on('message', (told: Told) => {
      const one = waiting.get(told.id);
      if (!one) return;
      if (told.kind === 'progress') return one.progress(told.progress);
      waiting.delete(told.id);
      if (told.kind === 'answer') one.answer(told.answer);
      else one.fail(thrownThere(told));
      if (waiting.size === 0) started.unref();
    });
    started.on('error', error => {
      if (worker !== started) return;
      const full = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      end(
        full ? new AppError('WORKSPACE_UNREADABLE', 'There is too much in the workspace to look at') : (error as Error),
      );
    });
    return started;
  };

  return {
    call(name, ask, {onProgress = () => {}, signal, timeoutMs}) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        worker ??= begin();
        worker.ref();
        const id = ++lastId;
        const settle = () => {
          cancel();
          signal?.removeEventListener('abort', leave);
        };
        const leave = () => end(signal?.reason as Error);
        const cancel = systemClock.after(timeoutMs, () =>
          end(new AppError('WORKSPACE_UNREADABLE', `Looking at the workspace took more than ${timeoutMs / 1000} s`)),
        );
        signal?.addEventListener('abort', leave, {once: true});
        waiting.set(id, {
          answer(value) {
            settle();
            resolve(value as never);
          },
          fail(error) {
            settle();
            reject(error);
          },
          progress: onProgress,
        });
        worker.postMessage({id, name, ask} satisfies Asked);
      });
    },
    close: () => end(new AppError('CANCELLED', 'The work on files was ended')),
    rest() {
      if (waiting.size > 0) return false;
      end(new AppError('CANCELLED', 'The work on files was ended'));
      return true;
    },
  };
}
